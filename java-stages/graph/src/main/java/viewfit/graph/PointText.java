package viewfit.graph;

import java.util.List;

/** TorchScript of those 1 x 1 convolutions of a ResNet-50 that oneDNN cannot be given as they are. */
final class PointText {
    private static final int QUARTER = 256;
    private static final int HALF = 512;
    private static final int WHOLE = 1024;

    private PointText() {}

    /**
     * Whether a convolution is one of these, by its channels. oneDNN 3.7, which libtorch 2.7 has, works out the blocking of these
     * by a rule of their own ({@code est_eff_1x1}), in which it divides by zero, and ends the process, on some processors
     * when there are several pictures.
     *
     * @param weight [co, ci, kh, kw]
     */
    static boolean fits(Op.Conv2d c, List<Integer> weight) {
        int in = weight.get(1);
        int out = weight.get(0);
        boolean named = in == WHOLE || (in == HALF && out >= WHOLE) || (in == QUARTER && out == WHOLE);
        return named && c.kernel() == 1 && c.groups() == 1 && c.bias().isEmpty();
    }

    /**
     * {@code NAME_point(x [n, ci, h, w], weight [co, ci, 1, 1], stride)} to [n, co, h', w'], channels last: a product of the pixels,
     * rows [n h' w', ci] as they lie in memory, with the weights.
     *
     * @param half whether both are in bfloat16
     */
    static String convolution(String function, boolean half) {
        String product = half
                ? "torch.linear(rows, matrix, None)"
                : "torch.to_dense(torch.mkldnn_linear(torch.to_mkldnn(rows, None), matrix, None), None)";
        return """
                def NAME_point(self, x: Tensor, weight: Tensor, s: int) -> Tensor:
                  picked = torch.slice(torch.slice(x, 2, 0, 9223372036854775807, s), 3, 0, 9223372036854775807, s)
                  n = torch.size(picked, 0)
                  c = torch.size(picked, 1)
                  u = torch.size(picked, 2)
                  v = torch.size(picked, 3)
                  o = torch.size(weight, 0)
                  rows = torch.reshape(torch.permute(picked, [0, 2, 3, 1]), [torch.mul(n, torch.mul(u, v)), c])
                  matrix = torch.reshape(weight, [o, c])
                  return torch.permute(torch.view(PRODUCT, [n, u, v, o]), [0, 3, 1, 2])
                """
                .replace("NAME", function)
                .replace("PRODUCT", product);
    }
}
