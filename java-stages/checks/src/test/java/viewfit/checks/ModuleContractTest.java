package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;

/** The Nextflow modules say what the contracts say. */
class ModuleContractTest {
    /** The whole folder of a task travels under this name beside the single files. */
    private static final String FOLDER = "folder";

    static Stream<StageContract> contracts() {
        return Contracts.all().stream();
    }

    @Test
    void oneModulePerStage() {
        assertEquals(
                contracts().map(contract -> contract.name() + ".nf").sorted().toList(),
                Repository.files("modules", ".nf").stream()
                        .map(Path::getFileName)
                        .map(Path::toString)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void processIsNamedAfterTheStage(StageContract contract) {
        assertEquals(
                contract.name().toUpperCase(Locale.ROOT).replace('-', '_'),
                module(contract).process());
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void outputsAreThoseOfTheContract(StageContract contract) {
        assertEquals(expectedOutputs(contract), declaredOutputs(module(contract)));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void aDivergedRunOwesItsMetricsAlone(StageContract contract) {
        boolean diverges = contract.exits().contains(ExitCode.DIVERGED);
        Set<String> optional = contract.outputs().stream()
                .filter(port -> diverges ? !port.name().equals("metrics") : !port.required())
                .map(Port::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(optional, module(contract).optional());
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void inputsAreGivenToTheStage(StageContract contract) {
        Set<String> flags = StageModule.flags(module(contract).script());
        Set<String> missing = contract.inputs().stream().map(Port::name).collect(Collectors.toCollection(TreeSet::new));
        missing.removeAll(flags);
        assertEquals(Set.of(), missing, "inputs of the contract that the script does not give");
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void stubIsTheStageItself(StageContract contract) {
        if (contract.equals(Contracts.GRID)) {
            assertTrue(module(contract).stub().contains("stage grid --grid"), "a dry run must have the real cells");
            return;
        }
        assertTrue(
                module(contract).stub().contains("stage " + contract.name() + " --stub"),
                "the stub must run `stage " + contract.name() + " --stub`, so that it cannot drift");
    }

    /** A run retries what a second attempt can mend, by the codes the stages end with. */
    @Test
    void retriesAreTheTransientCodes() {
        String config = Repository.text("conf/base.config");
        assertTrue(
                config.contains("(130..145) + (175..177) + [%d, %d, 104, 50001, Integer.MAX_VALUE]"
                        .formatted(ExitCode.HEAP.code(), ExitCode.TRANSIENT.code())),
                "conf/base.config retries other codes than HEAP and TRANSIENT");
    }

    @Test
    void everyOutputFileIsDocumented() {
        String page = Repository.text("docs/output.md");
        List<String> missing = contracts()
                .flatMap(contract -> contract.outputs().stream().map(port -> contract.name() + ": " + port.file()))
                .filter(entry -> !page.contains("`" + entry.substring(entry.indexOf(": ") + 2) + "`"))
                .toList();
        assertEquals(List.of(), missing, "output files that docs/output.md does not name");
    }

    @Test
    void aRenamedOutputIsFound() {
        String text = Repository.text("modules/pretrain.nf").replace("emit: curve", "emit: history");
        assertTrue(!expectedOutputs(Contracts.PRETRAIN).equals(declaredOutputs(StageModule.parse(text))));
    }

    @Test
    void aModuleWithoutStubIsFound() {
        String text = Repository.text("modules/pretrain.nf").replace("\n    stub:\n", "\n");
        assertThrows(IllegalArgumentException.class, () -> StageModule.parse(text));
    }

    private static StageModule module(StageContract contract) {
        return StageModule.parse(Repository.text("modules/" + contract.name() + ".nf"));
    }

    private static Map<String, String> expectedOutputs(StageContract contract) {
        Map<String, String> files = new LinkedHashMap<>();
        contract.outputs().forEach(port -> files.put(port.name(), port.file().replaceAll("/$", "")));
        return files;
    }

    /** Emit name to file relative to the stage's output folder. */
    private static Map<String, String> declaredOutputs(StageModule module) {
        Map<String, String> files = new LinkedHashMap<>(module.outputs());
        String folder = files.remove(FOLDER);
        files.replaceAll((emit, file) -> {
            String inside =
                    folder != null && file.startsWith(folder + "/") ? file.substring(folder.length() + 1) : file;
            return inside.replaceAll("/\\*.*$", "");
        });
        return files;
    }
}
