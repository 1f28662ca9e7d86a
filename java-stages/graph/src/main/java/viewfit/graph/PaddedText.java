package viewfit.graph;

/** TorchScript of a 3 x 3 convolution with padding, on a CPU: tiny pictures meet it tap by tap. */
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
     * <p>Small views end in pictures of at most 2 x 2, the last stage of a ResNet. There most of a kernel meets padding: each of its
     * nine taps [co, ci] is multiplied with those pixels alone that it meets, and the products are added where they belong; on 2 x 2
     * pictures these are 16 products of a picture instead of 36. oneDNN's gradient of the weights takes several times as long
     * there, on one pixel 28 times. Larger pictures gain nothing. The taps are parts of the weight as it lies in memory, so that a
     * backward pass keeps no copy of them, and their gradients make up that of the weight in one go.
     *
     * <p>In bfloat16 the product of each tap is rounded, and each tap's gradient once a pass; sums over taps, passes and the pixels'
     * gradients are in float32. oneDNN's own gradient would be wrong there: it leaves those weights unwritten that meet nothing but
     * padding. All other pictures go to {@link #wide}.
     */
    static String convolution(String function, boolean half) {
        String product = half
                ? "torch.to(torch.linear(torch.to(rows, 15), torch.to(taps[tap], 15), None), 6)"
                : "torch.to_dense(torch.mkldnn_linear(torch.to_mkldnn(rows, None), taps[tap], None), None)";
        String convolution = half
                ? "self.%s_wide(x, weight, 3, s, 1, 1)".formatted(function)
                : "torch.conv2d(x, weight, None, [s, s], [1, 1], [1, 1], 1)";
        return """
                def NAME_met(self, tap: int, h: int, w: int, s: int) -> Tuple[List[int], List[int]]:
                  up = torch.sub(1, torch.floordiv(tap, 3))
                  left = torch.sub(1, torch.remainder(tap, 3))
                  u = torch.add(torch.floordiv(torch.sub(h, 1), s), 1)
                  v = torch.add(torch.floordiv(torch.sub(w, 1), s), 1)
                  inputs = annotate(List[int], [])
                  outputs = annotate(List[int], [])
                  for oy in range(u):
                    iy = torch.sub(torch.mul(oy, s), up)
                    if torch.__and__(torch.ge(iy, 0), torch.lt(iy, h)):
                      for ox in range(v):
                        ix = torch.sub(torch.mul(ox, s), left)
                        if torch.__and__(torch.ge(ix, 0), torch.lt(ix, w)):
                          torch.append(inputs, torch.add(torch.mul(iy, w), ix))
                          torch.append(outputs, torch.add(torch.mul(oy, v), ox))
                  return (inputs, outputs)
                def NAME_padded(self, x: Tensor, weight: Tensor, s: int) -> Tensor:
                  n = torch.size(x, 0)
                  c = torch.size(x, 1)
                  h = torch.size(x, 2)
                  w = torch.size(x, 3)
                  if torch.__and__(torch.le(h, 2), torch.le(w, 2)):
                    o = torch.size(weight, 0)
                    u = torch.add(torch.floordiv(torch.sub(h, 1), s), 1)
                    v = torch.add(torch.floordiv(torch.sub(w, 1), s), 1)
                    pixels = torch.reshape(torch.permute(PICTURES, [2, 3, 0, 1]), [torch.mul(h, w), n, c])
                    taps = torch.unbind(torch.reshape(torch.permute(weight, [0, 2, 3, 1]), [o, 9, c]), 1)
                    sums = torch.new_zeros(x, [torch.mul(u, v), n, o], dtype=6)
                    for tap in range(9):
                      inputs, outputs, = self.NAME_met(tap, h, w, s)
                      met = torch.len(inputs)
                      if torch.gt(met, 0):
                        rows = torch.view(torch.index_select(pixels, 0, torch.tensor(inputs)), [torch.mul(met, n), c])
                        product = torch.view(PRODUCT, [met, n, o])
                        sums = torch.index_add_(sums, 0, torch.tensor(outputs), product)
                    y = torch.permute(torch.view(SUMS, [u, v, n, o]), [2, 3, 0, 1])
                    y = torch.contiguous(y, memory_format=2)
                  else:
                    y = CONVOLUTION
                  return y
                """
                .replace("NAME", function)
                .replace("PRODUCT", product)
                .replace("PICTURES", half ? "torch.to(x, 6)" : "x")
                .replace("SUMS", half ? "torch.to(sums, 15)" : "sums")
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
