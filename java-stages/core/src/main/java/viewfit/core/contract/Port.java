package viewfit.core.contract;

/**
 * One file or folder a stage reads or writes.
 *
 * @param name the command line flag without dashes (inputs) or the {@code emit} name of the Nextflow module (outputs)
 * @param file file name as the module declares it, relative to {@code --out} for outputs; a trailing slash marks a
 *     folder
 * @param schema name of the schema the content is verified by, such as {@code manifest/1}
 * @param description one line for people
 * @param required whether the stage refuses to run without it (inputs), or always writes it (outputs)
 */
public record Port(String name, String file, String schema, String description, boolean required) {
    public Port(String name, String file, String schema, String description) {
        this(name, file, schema, description, true);
    }
}
