package viewfit.graph;

/** TorchScript of a 3 x 3 convolution with padding, on a CPU: tiny pictures are matrix products. */
final class PaddedText {
    private PaddedText() {}

    /** Whether a convolution is one of these. */
    static boolean fits(Op.Conv2d c) {
        return c.kernel() == 3
                && c.padding() == 1
                && c.groups() == 1
                && c.bias().isEmpty();
    }

    /**
     * {@code NAME_padded(x [n, ci, h, w], weight [co, ci, 3, 3], stride)} to [n, co, h', w'].
     *
     * <p>Small views end in pictures of at most 2 x 2, the last stage of a ResNet. There each pixel of the result sees each
     * pixel of the picture through one weight, and the convolution is the product of rows [n, h w ci] with a matrix of these
     * weights, [co h' w', h w ci]: on 2 x 2 pictures 16 multiplications instead of 36, most of which met padding. oneDNN's
     * gradient of the weights takes several times as long as that of the matrix there, on one pixel 28 times. Larger pictures
     * gain nothing: with 3 x 3 the products are as many, and the matrix has to be made.
     *
     * <p>In bfloat16 the matrix is gathered in float32, so that gradients of a weight that is used several times are summed in
     * float32. oneDNN's own gradient would be wrong there: it leaves those weights unwritten that meet nothing but padding.
     * All other pictures go to {@link #wide}.
     */
    static String convolution(String function, boolean half) {
        String product = half
                ? "torch.linear(torch.to(rows, 15), torch.to(matrix, 15), None)"
                : "torch.to_dense(torch.mkldnn_linear(torch.to_mkldnn(rows, None), matrix, None), None)";
        String convolution = half
                ? "self.%s_wide(x, weight, 3, s, 1, 1)".formatted(function)
                : "torch.conv2d(x, weight, None, [s, s], [1, 1], [1, 1], 1)";
        return """
                def NAME_padded(self, x: Tensor, weight: Tensor, s: int) -> Tensor:
                  n = torch.size(x, 0)
                  c = torch.size(x, 1)
                  h = torch.size(x, 2)
                  w = torch.size(x, 3)
                  if torch.__and__(torch.le(h, 2), torch.le(w, 2)):
                    u = torch.add(torch.floordiv(torch.sub(h, 1), s), 1)
                    v = torch.add(torch.floordiv(torch.sub(w, 1), s), 1)
                    taps = annotate(List[int], [])
                    for oy in range(u):
                      for ox in range(v):
                        for iy in range(h):
                          for ix in range(w):
                            ky = torch.add(torch.sub(iy, torch.mul(oy, s)), 1)
                            kx = torch.add(torch.sub(ix, torch.mul(ox, s)), 1)
                            torch.append(taps, torch.add(torch.mul(ky, 3), kx))
                    o = torch.size(weight, 0)
                    nine = torch.reshape(torch.permute(weight, [0, 2, 3, 1]), [o, 9, c])
                    chosen = torch.index_select(nine, 1, torch.tensor(taps))
                    inputs = torch.mul(torch.mul(h, w), c)
                    matrix = torch.view(chosen, [torch.mul(torch.mul(o, u), v), inputs])
                    rows = torch.reshape(torch.permute(x, [0, 2, 3, 1]), [n, inputs])
                    product = torch.view(PRODUCT, [n, o, u, v])
                    y = torch.contiguous(product, memory_format=2)
                  else:
                    y = CONVOLUTION
                  return y
                """
                .replace("NAME", function)
                .replace("PRODUCT", product)
                .replace("CONVOLUTION", convolution);
    }

    /**
     * {@code NAME_wide(x, weight, kernel, stride, padding, groups)}: any other convolution with padding, in bfloat16. Pictures
     * smaller than the kernel, for the reason above, are convolved in float32.
     */
    static String wide(String function) {
        return """
                def NAME_wide(self, x: Tensor, weight: Tensor, kernel: int, stride: int, padding: int, groups: int) -> Tensor:
                  small = torch.lt(torch.size(x, 2), kernel)
                  if torch.__or__(small, torch.lt(torch.size(x, 3), kernel)):
                    full = torch.conv2d(torch.to(x, 6), weight, None, [stride, stride], [padding, padding], [1, 1], groups)
                    y = torch.to(full, 15)
                  else:
                    y = torch.conv2d(torch.to(x, 15), torch.to(weight, 15), None, [stride, stride], [padding, padding], [1, 1], groups)
                  return y
                """
                .replace("NAME", function);
    }
}
