package viewfit.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.formats.DType;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.graph.Parameter;
import viewfit.ssl.StepBatch;
import viewfit.ssl.StepReport;
import viewfit.ssl.Trainer;
import viewfit.views.ViewBlock;
import viewfit.zoo.StepCost;

/**
 * Viewfit's side of the benchmark of a step, a process of its own: the allocator is tuned once for a process, and the peak of
 * its memory is that of the step alone. It answers as {@code reference_step.py} does, and beside that:
 *
 * <pre>
 *   macs         multiply-accumulates of a step
 *   write FILE   the weights before the next step, with the method's queue and the pixels, as safetensors
 * </pre>
 */
public final class StepWorker implements AutoCloseable {
    private static final double NANOS = 1e9;
    private final TorchRuntime runtime;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final List<ViewBlock> blocks;
    private final StepPixels pixels;
    private final viewfit.engine.Tensor mean;
    private final viewfit.engine.Tensor std;
    private long steps;

    private StepWorker(JsonNode job) {
        recipe = Recipes.bind(job.get("recipe"), "job", PretrainRecipe.class);
        runtime = TorchRuntime.forPretraining("cpu", job.get("threads").asInt(), recipe.precision(), recipe.backbone());
        trainer = Trainer.of(runtime, recipe, job.get("steps-per-epoch").asLong(), 0);
        blocks = ViewBlock.of(recipe.views());
        pixels = StepPixels.of(job, recipe);
        mean = channels(recipe.views().normalize().mean());
        std = channels(recipe.views().normalize().std());
    }

    private int rows(ViewBlock block) {
        return block.views() * recipe.batchSize();
    }

    private viewfit.engine.Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return runtime.tensor(runtime.run(), floats, 1, floats.length, 1, 1);
    }

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (StepWorker worker = new StepWorker(new ObjectMapper().readTree(in.readLine()))) {
            System.out.println(worker.runtime.engine());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 2);
                System.out.println(worker.answer(words[0], words.length > 1 ? words[1] : ""));
            }
        }
    }

    private String answer(String work, String argument) throws IOException {
        return switch (work) {
            case "steps" -> timed(Integer.parseInt(argument));
            case "losses" -> losses(Integer.parseInt(argument));
            case "peak" -> StepPeak.measure(runtime);
            case "macs" -> Long.toString(macs());
            case "write" -> write(Path.of(argument));
            default -> throw new IllegalArgumentException(work + ": must be steps, losses, peak, macs or write");
        };
    }

    private long macs() {
        Network student = trainer.method().student();
        return StepCost.macs(recipe, student.graph("backbone"), student.graph("head"));
    }

    private String timed(int count) throws IOException {
        long wall = System.nanoTime();
        double cpu = Cpu.millis();
        double loss = Double.NaN;
        for (int i = 0; i < count; i++) {
            loss = step();
        }
        cpu = (Cpu.millis() - cpu) / 1e3;
        double seconds = (System.nanoTime() - wall) / NANOS;
        return seconds / count + " " + cpu / count + " " + loss + " " + Memory.peak() / 1024.0;
    }

    private String losses(int count) {
        List<String> losses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            losses.add(Double.toString(step()));
        }
        return String.join(" ", losses);
    }

    /** As training does it: pixels of the loader, normalised in the program, then the trainer's step. */
    private double step() {
        try (Scope scope = runtime.scope()) {
            List<viewfit.engine.Tensor> passes = new ArrayList<>();
            List<ByteBuffer> next = pixels.next();
            for (int i = 0; i < blocks.size(); i++) {
                int side = blocks.get(i).side();
                viewfit.engine.Tensor bytes = runtime.pixels(scope, next.get(i), rows(blocks.get(i)), side, side);
                passes.add(runtime.images(scope, bytes, mean, std));
            }
            StepBatch batch = new StepBatch(passes, Collections.nCopies(recipe.batchSize(), -1));
            StepReport report = trainer.step(scope, steps, batch);
            if (!report.finite()) {
                throw new IllegalStateException("step " + steps + ": " + report + ": must be finite");
            }
            steps++;
            return report.loss();
        }
    }

    private String write(Path file) {
        List<Tensor> tensors = new ArrayList<>();
        Network student = trainer.method().student();
        for (Parameter p : student.state()) {
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32("student." + p.name(), shape, student.read(p.name())));
        }
        trainer.method()
                .state()
                .forEach((name, value) ->
                        tensors.add(Tensor.f32("method." + name, value.shape(), runtime.floats(value))));
        List<ByteBuffer> next = pixels.next();
        for (int i = 0; i < blocks.size(); i++) {
            long side = blocks.get(i).side();
            long[] shape = {rows(blocks.get(i)), side, side, 3};
            tensors.add(new Tensor("pixels." + i, DType.U8, shape, next.get(i)));
        }
        Safetensors.write(file, tensors, Map.of());
        return file.toString();
    }

    @Override
    public void close() {
        pixels.close();
        trainer.close();
        runtime.close();
    }
}
