package viewfit.views;

/** Kernels of the resampling, widened by the reduction factor so that they antialias (Pillow's semantics). */
enum Filter {
    /** Keys' cubic convolution with a = -0.5. */
    BICUBIC(2) {
        @Override
        double at(double distance) {
            double a = -0.5;
            double x = Math.abs(distance);
            if (x < 1) {
                return ((a + 2) * x - (a + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }
    },
    /** A triangle. */
    BILINEAR(1) {
        @Override
        double at(double distance) {
            return Math.max(0, 1 - Math.abs(distance));
        }
    };

    /** Half the width of the kernel, in source pixels at equal size. */
    final double support;

    Filter(double support) {
        this.support = support;
    }

    /** Weight at a distance from the centre. */
    abstract double at(double distance);

    /** The filter that a recipe calls {@code bicubic} or {@code bilinear}. */
    static Filter of(String name) {
        return valueOf(name.toUpperCase(java.util.Locale.ROOT));
    }
}
