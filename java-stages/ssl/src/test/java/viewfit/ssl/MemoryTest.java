package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.Alpha;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SupervisedRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;

/** Memory of a run is that of its 50th step, however long it goes on. */
class MemoryTest {
    private static final int SIDE = 16;
    private static final int BATCH = 4;
    private static final int WARM = 50;
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static MethodRecipe method(String name) {
        return switch (name) {
            case "dino" -> DinoRecipes.dino(.4, 4096);
            case "swav" ->
                new SwavRecipe(
                        "swav",
                        Alpha.of(.4),
                        new SwavHeadRecipe(2, 32, 16, 4096, true),
                        .1,
                        .05,
                        3,
                        8,
                        0,
                        0,
                        List.of(0, 1));
            case "moco" -> TinyRecipes.moco(16384, 1);
            default -> new SupervisedRecipe("supervised", 0);
        };
    }

    /**
     * A step's scope frees all it made: the run owns as many tensors as after step 50 and no scope is left open, and resident
     * memory grows by less than 16 MiB, most of it the Java heap filling up. A step that kept nothing but its logits would cost
     * 128 KiB and more each time, 19 MiB in 150 steps, 240 MiB in 1,950.
     */
    @ParameterizedTest
    @CsvSource({"dino, 2000", "swav, 200", "moco, 200", "supervised, 200"})
    @EnabledOnOs(OS.LINUX)
    void isFlat(String name, int steps) throws IOException {
        PretrainRecipe recipe = DinoRecipes.recipe(
                steps,
                BATCH,
                method(name),
                DinoRecipes.lars(0.1),
                DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, SIDE)));
        float[] pixels = Fill.values("pixels", 2 * BATCH * 3 * SIDE * SIDE, 1.5, 0);
        try (Trainer trainer = Trainer.of(runtime, recipe, 1, 8192)) {
            String held = "";
            long resident = 0;
            for (int s = 0; s < steps; s++) {
                if (s == WARM) {
                    held = runtime.held();
                    resident = residentKib();
                }
                try (Scope scope = runtime.scope()) {
                    viewfit.engine.Tensor images =
                            runtime.channelsLast(scope, runtime.tensor(scope, pixels, 2 * BATCH, 3, SIDE, SIDE));
                    trainer.step(scope, s, new StepBatch(List.of(images), List.of(0, 1, 2, 3)));
                }
            }
            long grown = residentKib() - resident;
            assertEquals(held, runtime.held());
            assertTrue(grown < 16 * 1024, "grew by " + grown + " KiB");
        }
    }

    /** The same of steps in parts, of reports that wait for others, of stochastic depth and of a probe beside the method. */
    @ParameterizedTest
    @CsvSource({"dino, vit_tiny, 1", "moco, mobilenet_v2, 2", "supervised, vit_tiny, 2"})
    @EnabledOnOs(OS.LINUX)
    void isFlatInPartsAndWindows(String name, String backbone, int parts) throws IOException {
        int steps = 120;
        int classes = 5;
        int window = 10;
        PretrainRecipe recipe =
                TinyRecipes.inParts(TinyRecipes.of(name, backbone, steps, BATCH, !name.equals("supervised")), parts);
        try (Trainer trainer = Trainer.of(runtime, recipe, 1, classes, window)) {
            String held = "";
            long resident = 0;
            int reports = 0;
            for (int s = 0; s < steps; s++) {
                if (s == WARM) {
                    reports += trainer.flush().size();
                    held = runtime.held();
                    resident = residentKib();
                }
                try (Scope scope = runtime.scope()) {
                    StepBatch batch = Pictures.batch(runtime, scope, recipe.views(), 0, classes, 0, 1, 2, 3);
                    reports += trainer.submit(scope, s, batch).size();
                }
            }
            reports += trainer.flush().size();
            assertEquals(steps, reports);
            long grown = residentKib() - resident;
            assertEquals(held, runtime.held());
            assertTrue(grown < 16 * 1024, "grew by " + grown + " KiB");
        }
    }

    /** The way of photographs into a step: 768 KiB of pixels and 3 MiB of floats each time. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void pixelsAreFreedWithTheirStep() throws IOException {
        int side = 128;
        ByteBuffer pixels = ByteBuffer.allocateDirect(16 * side * side * 3);
        long resident = 0;
        try (Scope constants = runtime.scope()) {
            viewfit.engine.Tensor half = runtime.tensor(constants, new float[] {.5f, .5f, .5f}, 1, 3, 1, 1);
            for (int s = 0; s < 200; s++) {
                resident = s == WARM ? residentKib() : resident;
                try (Scope scope = runtime.scope()) {
                    runtime.images(scope, runtime.pixels(scope, pixels, 16, side, side), half, half);
                }
            }
        }
        long grown = residentKib() - resident;
        assertTrue(grown < 16 * 1024, "grew by " + grown + " KiB");
    }

    private static long residentKib() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
