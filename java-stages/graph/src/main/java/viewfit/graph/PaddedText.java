package viewfit.graph;

/** TorchScript of a bfloat16 convolution with padding, on a CPU. */
final class PaddedText {
    private PaddedText() {}

    /**
     * {@code NAME_padded(x [n, ci, h, w], weight, kernel, stride, padding, groups)} to bfloat16 [n, co, h', w'].
     *
     * <p>Where the picture is smaller than the kernel, oneDNN's backward pass in bfloat16 leaves the gradient of those
     * weights unwritten that meet nothing but padding: what memory held comes out, now and then NaN. Such pictures, the last
     * ones of a ResNet on small views, are convolved in float32.
     */
    static String convolution(String function) {
        return """
                def NAME_padded(self, x: Tensor, weight: Tensor, kernel: int, stride: int, padding: int, groups: int) -> Tensor:
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
