package viewfit.eval;

import java.util.stream.IntStream;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.engine.UnitRows;

/**
 * Principal components of features taken as directions, as k-NN sees them: exact, by the eigenvectors of their covariance in double.
 * The sign of an axis is that which makes its largest entry positive.
 *
 * @param scores coordinates on the axes, row-major [rows, count]
 * @param count number of axes, of the largest variance first
 * @param shares variance on each axis as a share of all
 */
@SuppressWarnings("ArrayRecordComponent") // Shared with those who asked.
record PrincipalAxes(float[] scores, int count, double[] shares) {
    /** Entries this near to the largest one count as large: the first of them decides, not the last bit. */
    private static final double NEARLY = 1 - 1e-4;

    private static final String PROGRAM =
            """
            def axes(self, x: Tensor, count: int) -> List[Tensor]:
              torch.set_grad_enabled(False)
              wide = torch.to(x, 7)
              centred = torch.sub(wide, torch.mean(wide, [0], True))
              values, vectors = torch.linalg_eigh(torch.matmul(torch.t(centred), centred))
              first = torch.flip(torch.slice(vectors, 1, torch.neg(count)), [1])
              return [torch.flip(values, [0]), first, torch.matmul(centred, first)]
            """;

    /** The first axes, as many as asked for or as columns there are. */
    static PrincipalAxes of(TorchRuntime runtime, float[] features, int width, int asked) {
        UnitRows rows = new UnitRows(features, width);
        int count = Math.min(asked, width);
        float[] directions = new float[features.length];
        IntStream.range(0, rows.rows()).parallel().forEach(r -> {
            for (int c = 0; c < width; c++) {
                directions[r * width + c] = (float) rows.value(r, c);
            }
        });
        try (Program program = runtime.compile(PROGRAM);
                Scope call = runtime.scope()) {
            var found = program.call(call, "axes", runtime.tensor(call, directions, rows.rows(), width), (long) count);
            float[] values = runtime.floats(found.get(0));
            float[] vectors = runtime.floats(found.get(1));
            float[] scores = runtime.floats(found.get(2));
            double all = 0;
            for (float value : values) {
                all += Math.max(0, value);
            }
            double[] shares = new double[count];
            for (int axis = 0; axis < count; axis++) {
                shares[axis] = all > 0 ? Math.max(0, values[axis]) / all : 0;
                if (negative(vectors, count, axis)) {
                    for (int i = axis; i < scores.length; i += count) {
                        scores[i] = -scores[i];
                    }
                }
            }
            return new PrincipalAxes(scores, count, shares);
        }
    }

    private static boolean negative(float[] vectors, int count, int axis) {
        float largest = 0;
        for (int i = axis; i < vectors.length; i += count) {
            largest = Math.max(largest, Math.abs(vectors[i]));
        }
        for (int i = axis; i < vectors.length; i += count) {
            if (Math.abs(vectors[i]) >= NEARLY * largest) {
                return vectors[i] < 0;
            }
        }
        return false;
    }

    /** One coordinate. */
    double score(int row, int axis) {
        return scores[row * count + axis];
    }
}
