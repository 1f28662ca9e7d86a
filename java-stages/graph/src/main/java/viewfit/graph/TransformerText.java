package viewfit.graph;

/** TorchScript of the two operations of a vision transformer that take more than one call. */
final class TransformerText {
    /**
     * Up to so many tokens attention is products and a softmax. Its weights live until the backward pass, up to four times as large as
     * the queries with heads of 64, and copies of queries, keys and values. Fused attention saves both, and libtorch 2.7 gains nothing
     * from a second thread there: steps with two threads took a third longer with 5 and 17 tokens and a sixth with 37 and 197;
     * with one as long as by products, or 3 % less.
     */
    private static final int FEW_TOKENS = 256;

    private TransformerText() {}

    /** {@code NAME_tokens(patches, image, class token, position, grid)}, see {@link Op.Tokens}. */
    static String tokens(String function) {
        return position(function)
                + """
                def NAME_tokens(self, x: Tensor, image: Tensor, token: Tensor, position: Tensor, grid: int) -> Tensor:
                  square = torch.eq(torch.size(image, 2), torch.size(image, 3))
                  p = self.NAME_position(position, torch.size(x, 2), torch.size(x, 3), grid, square)
                  first = torch.expand(token, [torch.size(x, 0), 1, torch.size(x, 1)])
                  rest = torch.transpose(torch.flatten(x, 2, 3), 1, 2)
                  return torch.add_(torch.cat([first, rest], 1), p)
                """
                        .replace("NAME", function);
    }

    /**
     * {@code NAME_position(position [1, 1 + grid^2, c], h, w, grid, square image?)} to [1, 1 + h w, c].
     *
     * <p>Bicubic interpolation is a product of matrices, one for each direction. These are the interpolations of unit vectors, in two
     * equal columns, as ATen copies what keeps its size. Gradients of products add in a fixed order on a GPU, those of the
     * interpolation do not.
     */
    static String position(String function) {
        return """
                def NAME_along(self, position: Tensor, grid: int, side: int) -> Tensor:
                  units = torch.view(torch.diag(torch.new_ones(position, [grid])), [1, grid, grid, 1])
                  scale = torch.div(torch.add(float(side), 0.1), float(grid))
                  m = torch.upsample_bicubic2d(units, [side, 2], False, scale, 2.)
                  return torch.contiguous(torch.transpose(torch.select(torch.select(m, 3, 0), 0, 0), 0, 1))
                def NAME_position(self, position: Tensor, h: int, w: int, grid: int, square: bool) -> Tensor:
                  patches = torch.mul(grid, grid)
                  if torch.__and__(torch.eq(torch.mul(h, w), patches), square):
                    p = position
                  else:
                    c = torch.size(position, 2)
                    rows = torch.view(torch.narrow(position, 1, 1, patches), [grid, torch.mul(grid, c)])
                    high = torch.matmul(self.NAME_along(position, grid, h), rows)
                    wide = torch.matmul(self.NAME_along(position, grid, w), torch.view(high, [h, grid, c]))
                    rest = torch.reshape(wide, [1, torch.mul(h, w), c])
                    p = torch.cat([torch.narrow(position, 1, 0, 1), rest], 1)
                  return p
                """
                .replace("NAME", function);
    }

    /**
     * {@code NAME_attention(queries, keys and values side by side, heads, first)}, see {@link Op.Attention}; with
     * {@code first} only the first token asks.
     */
    static String attention(String function) {
        return """
                def NAME_attention(self, x: Tensor, heads: int, first: bool) -> Tensor:
                  n = torch.size(x, 0)
                  t = torch.size(x, 1)
                  c = torch.floordiv(torch.size(x, 2), 3)
                  parts = torch.view(x, [n, t, 3, heads, torch.floordiv(c, heads)])
                  q, k, v, = torch.unbind(torch.permute(parts, [2, 0, 3, 1, 4]), 0)
                  if first:
                    asking = torch.narrow(q, 2, 0, 1)
                  else:
                    asking = q
                  if torch.le(t, FEW):
                    scale = torch.pow(float(torch.floordiv(c, heads)), -0.5)
                    scores = torch.mul_(torch.matmul(asking, torch.transpose(k, 2, 3)), scale)
                    a = torch.matmul(torch.softmax(scores, -1), v)
                  else:
                    a = torch.scaled_dot_product_attention(asking, k, v)
                  return torch.reshape(torch.transpose(a, 1, 2), [n, -1, c])
                """
                .replace("NAME", function)
                .replace("FEW", Integer.toString(FEW_TOKENS));
    }
}
