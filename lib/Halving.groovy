import java.nio.file.Files
import java.nio.file.Path

/** Successive halving as the workflow sees it: epochs that are decided after, and which cells a decision lets go on. */
class Halving {

    /** The epochs of --halve_at; none without it. */
    static List<Integer> epochs(Map params) {
        params.halve_at == null ? [] : params.halve_at.toString().tokenize(',')*.toInteger()
    }

    /** Removes what an earlier run into the same folder of results has decided: it may have had other rungs, or cells. */
    static void forget(Path results) {
        def folder = results.resolve('halving')
        if( Files.isDirectory(folder) ) {
            Files.list(folder).withCloseable { files ->
                files.findAll { file -> file.fileName.toString() ==~ /rung-\d\.csv/ }.each { file -> Files.delete(file) }
            }
        }
    }

    /** Ids of the cells of the groups that go on; those of them that diverged have no state, and so no next part. */
    static List<String> goOn(Path table) {
        def lines = table.readLines().findAll { line -> !line.startsWith('#') }*.split(',', -1)
        def names = lines.head() as List
        lines.tail().findAll { row -> row[names.indexOf('goes_on')] == 'true' }
            .collectMany { row -> row[names.indexOf('cells')].tokenize(' ') }
    }
}
