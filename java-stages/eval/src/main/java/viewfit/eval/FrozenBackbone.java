package viewfit.eval;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;

/**
 * A backbone that only looks: evaluation mode (running statistics), no gradients, bytes of images in and features
 * [n, width] out: the pooled ones of a conv net, the class tokens of a transformer's last blocks side by side.
 */
public final class FrozenBackbone implements AutoCloseable {
    /** Name of the part in networks and checkpoints. */
    public static final String PART = "backbone";

    private final TorchRuntime runtime;
    private final Network network;
    private final Program program;
    private final Tensor mean;
    private final Tensor std;
    private final int plainWidth;

    /**
     * A backbone with one feature, which every classifier sees.
     *
     * @param network has the part {@code backbone}; its values may still be written afterwards
     * @param normalize of the pixels, as in pre-training
     */
    public FrozenBackbone(TorchRuntime runtime, Network network, NormalizeRecipe normalize) {
        this(runtime, network, normalize, network.graph(PART).outputWidth());
    }

    /**
     * A backbone whose last {@code plainWidth} columns are the feature that its network was trained with, such as the last
     * of several class tokens.
     */
    public FrozenBackbone(TorchRuntime runtime, Network network, NormalizeRecipe normalize, int plainWidth) {
        this.runtime = runtime;
        this.network = network;
        this.plainWidth = plainWidth;
        this.mean = channels(runtime, normalize.mean());
        this.std = channels(runtime, normalize.std());
        this.program = runtime.compile(
                runtime.script().evaluation(network.graph(PART), "backbone")
                        + """
                def features(self, x: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  return self.backbone(x, P, B)
                """);
    }

    /** A network whose only part is the backbone; all values zero. */
    public static Network allocate(TorchRuntime runtime, Graph backbone) {
        return Network.allocate(runtime, Map.of(PART, backbone), name -> false);
    }

    /** One value per channel as [1, 3, 1, 1]. */
    static Tensor channels(TorchRuntime runtime, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return runtime.tensor(runtime.run(), floats, 1, floats.length, 1, 1);
    }

    /** Width of the features. */
    public int width() {
        return network.graph(PART).outputWidth();
    }

    /** Width of the feature that neighbours are looked for with. */
    int plainWidth() {
        return plainWidth;
    }

    /** The last columns of features [n, width], row-major: [n, plainWidth]. */
    float[] plain(float[] features) {
        int width = width();
        if (plainWidth == width) {
            return features;
        }
        float[] plain = new float[features.length / width * plainWidth];
        for (int to = 0, end = width; to < plain.length; to += plainWidth, end += width) {
            System.arraycopy(features, end - plainWidth, plain, to, plainWidth);
        }
        return plain;
    }

    /** Features of one batch: [n, width], owned by {@code scope}. */
    public Tensor features(Scope scope, PixelBatch batch) {
        Tensor pixels = runtime.pixels(scope, batch.pixels(), batch.count(), batch.side(), batch.side());
        return features(scope, runtime.images(scope, pixels, mean, std));
    }

    /** Features of normalised images [n, 3, h, w]: [n, width]. */
    Tensor features(Scope scope, Tensor images) {
        return program.callOne(scope, "features", images, network.parameters(PART), network.buffers(PART));
    }

    /**
     * Features of all images of a source, in manifest order, for several backbones that share the decoding.
     *
     * @return per backbone, row-major [count, width]
     * @throws StageFailure {@link ExitCode#DIVERGED} if a feature is not finite
     */
    public static List<float[]> extract(List<FrozenBackbone> backbones, ImageSource images) {
        List<float[]> all = new ArrayList<>();
        for (FrozenBackbone backbone : backbones) {
            all.add(new float[Math.multiplyExact(images.count(), backbone.width())]);
        }
        images.pass(0, batch -> {
            for (int b = 0; b < backbones.size(); b++) {
                backbones.get(b).place(batch, all.get(b));
            }
        });
        return all;
    }

    private void place(PixelBatch batch, float[] all) {
        int width = width();
        try (Scope step = runtime.scope()) {
            float[] values = runtime.floats(features(step, batch));
            for (float v : values) {
                if (!Float.isFinite(v)) {
                    throw new StageFailure(
                            ExitCode.DIVERGED, "features: found " + v + ": must be finite: the weights are too large");
                }
            }
            for (int i = 0; i < batch.count(); i++) {
                System.arraycopy(values, i * width, all, batch.row(i) * width, width);
            }
        }
    }

    /** What its features depend on beside the pictures: weights, which of its outputs they are, and how pixels are normalised. */
    String identity() {
        return sha256() + ", width " + width() + " (" + plainWidth + "), mean " + Arrays.toString(runtime.floats(mean))
                + ", std " + Arrays.toString(runtime.floats(std));
    }

    /** Checksum of all parameters and statistics: equal before and after, or something trained what must not train. */
    public String sha256() {
        List<Parameter> state = network.state();
        long size = state.stream().mapToLong(Parameter::size).sum();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(size * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (Parameter p : state) {
            float[] values = network.read(p.name());
            bytes.asFloatBuffer().put(values);
            bytes.position(bytes.position() + values.length * Float.BYTES);
        }
        return Hashes.sha256(bytes.array());
    }

    @Override
    public void close() {
        program.close();
    }
}
