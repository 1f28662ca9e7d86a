package viewfit.stages.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;

/** The command line; training itself is tested with its library. */
class PretrainStageTest {
    @Test
    void commandLineAndContractAgree() {
        assertEquals(List.of(), ContractCheck.differences(new PretrainStage()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--profile 0   | pretrain: --profile: found 0: must be at least 1 step",
                "--profile -3  | pretrain: --profile: found -3: must be at least 1 step",
                "--checkpoint-keep 2 | pretrain: --checkpoint-keep: found without a folder: needs --checkpoint-dir",
                "--checkpoint-minutes 2 | pretrain: --checkpoint-minutes: found without a folder: needs --checkpoint-dir",
                "--keep-states | pretrain: --keep-states: found without a folder: needs --checkpoint-dir",
                "--out o --checkpoint-dir o/../o | pretrain: --checkpoint-dir: found o/../o: must be another folder than those of the outputs, o and its checkpoints/",
                "--out o --checkpoint-dir o/checkpoints | pretrain: --checkpoint-dir: found o/checkpoints: must be another folder than those of the outputs, o and its checkpoints/",
                "--checkpoint-dir d --checkpoint-keep 0 | pretrain: --checkpoint-keep: found 0: must be at least 1 state",
                "--checkpoint-dir d --checkpoint-minutes -1 | pretrain: --checkpoint-minutes: found -1.0: must be in 0 .. 100000",
                "--out o --from-state o/state | pretrain: --from-state: found o/state: must be another folder than the state/ of the outputs, which is written anew",
                "--until-epoch 0 | pretrain: --until-epoch: found 0: must be at least 1 epoch",
                "--threads -1  | pretrain: --threads: found -1: must be 0 (all cores) or more",
                "--workers -1  | pretrain: --workers: found -1: must be 0 (by rule) or more",
                "--device gpu  | pretrain: --device: found gpu: must be one of auto, cpu, cuda, cuda:N",
                "--device cuda:x | pretrain: --device: found cuda:x: must be one of auto, cpu, cuda, cuda:N",
            })
    void aWrongNumberIsOneLine(String option, String line) {
        List<String> arguments =
                new ArrayList<>(List.of("--recipe", "r.yml", "--manifest", "m.csv", "--images", "photos"));
        arguments.addAll(List.of(option.split(" ")));
        StringWriter err = new StringWriter();
        int code = StageMain.execute(
                new PretrainStage(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                arguments.toArray(String[]::new));
        assertEquals(ExitCode.USAGE.code(), code);
        assertEquals(line, err.toString().strip());
    }
}
