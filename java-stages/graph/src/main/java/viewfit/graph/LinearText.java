package viewfit.graph;

/** TorchScript of a float32 linear layer through oneDNN. */
final class LinearText {
    private LinearText() {}

    /**
     * {@code NAME_linear(x [..., ci], weight [co, ci], bias)} to [..., co].
     *
     * <p>Sequences of tokens are pictures one pixel high, channels last: a 1 x 1 convolution reads and writes them as
     * they lie. ATen leaves small batches of such convolutions to MKL, hence the 16. Single rows, as heads have them,
     * make slow pictures; oneDNN's own linear layer takes them at the price of two copies.
     */
    static String linear(String function) {
        return """
                def NAME_linear(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
                  tokens = torch.__and__(torch.eq(torch.dim(x), 3), torch.ge(torch.size(x, 0), 16))
                  if torch.__and__(tokens, torch.gt(torch.size(x, -2), 1)):
                    w = torch.view(weight, [torch.size(weight, 0), torch.size(weight, 1), 1, 1])
                    picture = torch.unsqueeze(torch.transpose(x, 1, 2), 2)
                    z = torch.conv2d(picture, w, bias, [1, 1], [0, 0], [1, 1], 1)
                    y = torch.transpose(torch.squeeze(z, 2), 1, 2)
                  else:
                    y = torch.to_dense(torch.mkldnn_linear(torch.to_mkldnn(x, None), weight, bias), None)
                  return y
                """
                .replace("NAME", function);
    }
}
