package viewfit.eval;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.zoo.Heads;

/**
 * Linear layer with bias on frozen features, trained by cross-entropy: weight normal 0.01, bias 0.
 *
 * <p>Source: linear evaluation of saic-fi/SSLight; checked against its values.
 */
final class LinearClassifier implements AutoCloseable {
    private static final String PART = "classifier";

    /** Rows scored per native call: 4096 x 1280 features are 20 MB. */
    private static final int SCORE_ROWS = 4096;

    private final TorchRuntime runtime;
    private final int width;
    private final int classes;
    private final Network network;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final Program program;
    private final List<Tensor> parameters;
    private final List<Tensor> buffers;

    LinearClassifier(TorchRuntime runtime, int width, int classes, OptimizerRecipe recipe, SeedTree seed) {
        this.runtime = runtime;
        this.width = width;
        this.classes = classes;
        Graph graph = Heads.linear(width, classes);
        network = Network.allocate(runtime, Map.of(PART, graph), name -> false);
        network.initialise(seed);
        network.requireGradients();
        gradients = Gradients.of(network);
        optimizer = Optimizer.of(network, gradients, recipe);
        parameters = network.parameters(PART);
        buffers = network.buffers(PART);
        program = runtime.compile(
                runtime.script().training(graph, "classifier") + Gradients.store(network)
                        + """
                def fit(self, X: List[Tensor], y: Tensor, P: List[Tensor], B: List[Tensor], T: List[Tensor], G: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(True)
                  loss = torch.cross_entropy_loss(self.classifier(torch.cat(X, 0), P, B), y)
                  stored = self.store(torch.autograd.grad([loss], T), G)
                  return torch.detach(loss)
                def score(self, x: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  return self.classifier(x, P, B)
                """);
    }

    /** The weight that every classifier of this seed starts from, row-major [classes, width]; biases start at 0. */
    static float[] firstWeight(TorchRuntime runtime, int width, int classes, SeedTree seed) {
        Network network = Network.allocate(runtime, Map.of(PART, Heads.linear(width, classes)), name -> false);
        network.initialise(seed);
        return network.read(PART + ".fc.weight");
    }

    /**
     * One optimiser step.
     *
     * @param features pieces of the batch, together [labels.length, width], without a gradient of their own
     * @return mean cross-entropy before the step, in nats
     */
    double fit(Scope step, List<Tensor> features, int[] labels, double lr, double weightDecay) {
        Tensor y = runtime.tensor(step, Arrays.stream(labels).asLongStream().toArray(), labels.length);
        Tensor loss = program.callOne(
                step, "fit", features, y, parameters, buffers, network.trainable(), gradients.targets());
        double value = runtime.scalar(loss);
        optimizer.step(lr, weightDecay, true);
        return value;
    }

    /** Logits [rows, classes] of features [rows, width], both row-major. */
    float[] logits(float[] features) {
        int rows = features.length / width;
        float[] all = new float[Math.multiplyExact(rows, classes)];
        for (int from = 0; from < rows; from += SCORE_ROWS) {
            int n = Math.min(SCORE_ROWS, rows - from);
            try (Scope call = runtime.scope()) {
                float[] part = Arrays.copyOfRange(features, from * width, (from + n) * width);
                Tensor x = runtime.tensor(call, part, n, width);
                float[] scores = runtime.floats(program.callOne(call, "score", x, parameters, buffers));
                System.arraycopy(scores, 0, all, from * classes, scores.length);
            }
        }
        return all;
    }

    /** Row-major weight [classes, width]. */
    float[] weight() {
        return network.read(PART + ".fc.weight");
    }

    /** Bias [classes]. */
    float[] bias() {
        return network.read(PART + ".fc.bias");
    }

    /** Sets weight and bias, row-major. */
    void write(float[] weight, float[] bias) {
        network.write(PART + ".fc.weight", weight);
        network.write(PART + ".fc.bias", bias);
    }

    int classes() {
        return classes;
    }

    int width() {
        return width;
    }

    @Override
    public void close() {
        optimizer.close();
        gradients.close();
        program.close();
    }
}
