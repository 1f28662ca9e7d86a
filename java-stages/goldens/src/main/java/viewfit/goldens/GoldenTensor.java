package viewfit.goldens;

/** One tensor of the reference network: its name without prefix, shape, kind and the rule that fills it. */
public final class GoldenTensor {
    private final String prefix;
    private final String name;
    private final long[] shape;
    private final String kind;
    private final boolean parameter;
    private final double scale;
    private final double offset;

    GoldenTensor(
            String prefix, String name, long[] shape, String kind, boolean parameter, double scale, double offset) {
        this.prefix = prefix;
        this.name = name;
        this.shape = shape;
        this.kind = kind;
        this.parameter = parameter;
        this.scale = scale;
        this.offset = offset;
    }

    /** Name in torchvision's or timm's style, without the case's prefix. */
    public String name() {
        return name;
    }

    /** Shape; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** Fill kind, for example {@code conv_weight}; see {@link Kind}. */
    public String kind() {
        return kind;
    }

    /** True for parameters, false for buffers. */
    public boolean parameter() {
        return parameter;
    }

    public double scale() {
        return scale;
    }

    public double offset() {
        return offset;
    }

    /** Number of elements; 1 for a scalar. */
    public long count() {
        return Fill.count(shape);
    }

    /** The values, row-major; computed at each call because large networks have many. */
    public float[] values() {
        float[] out = Fill.values(prefix + name, count(), scale, offset);
        if (kind.equals("queue")) {
            Fill.normalizeColumns(out, shape);
        }
        return out;
    }
}
