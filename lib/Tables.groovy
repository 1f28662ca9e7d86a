import java.nio.file.Path

/** Tables of the stages as the workflow sees them. */
class Tables {

    /**
     * Does a table hold more than its header?
     *
     * @param dry a dry run's tables have no rows, and it shows all tasks
     */
    static boolean hasRows(Path table, boolean dry) {
        dry || table.readLines().count { line -> !line.startsWith('#') } > 1
    }
}
