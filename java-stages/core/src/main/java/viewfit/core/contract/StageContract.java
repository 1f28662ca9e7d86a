package viewfit.core.contract;

import java.util.List;

/**
 * What one stage promises: the source of truth for its command line, its Nextflow module and the documentation.
 *
 * @param name stage, jar and module name
 * @param summary one line
 * @param inputs files it reads, by command line flag
 * @param outputs files it writes, in the order they are verified
 * @param exits every exit code it can end with, apart from those of signals
 */
public record StageContract(String name, String summary, List<Port> inputs, List<Port> outputs, List<ExitCode> exits) {
    public StageContract {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        exits = List.copyOf(exits);
    }
}
