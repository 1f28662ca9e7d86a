package viewfit.goldens;

import java.nio.charset.StandardCharsets;

/**
 * The generator that rebuilds every golden tensor from its name, bit for bit: an FNV-1a hash of the name seeds a SplitMix64
 * counter, the upper 53 bits become a double in [-1, 1), and {@code offset + scale * u} is rounded once to float. Java evaluates
 * both operations in strict IEEE double without fusing them, so nothing has to be forced here.
 */
public final class Fill {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final double TWO_POW_MINUS_53 = 0x1p-53;

    private Fill() {}

    /** FNV-1a over the UTF-8 bytes of the name. */
    public static long seed(String name) {
        long h = FNV_OFFSET;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * FNV_PRIME;
        }
        return h;
    }

    /** Word {@code index} (from 0) of the stream that belongs to {@code seed}. */
    public static long word(long seed, long index) {
        long z = seed + (index + 1) * GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Uniform value {@code index} of the stream, exact in double, in [-1, 1). */
    public static double unit(long seed, long index) {
        return (word(seed, index) >>> 11) * TWO_POW_MINUS_53 * 2 - 1;
    }

    /** One value: {@code (float) (offset + scale * unit)}. */
    public static float value(long seed, long index, double scale, double offset) {
        return (float) (offset + scale * unit(seed, index));
    }

    /** The first {@code count} values of {@code name}, to be read in row-major order. */
    public static float[] values(String name, long count, double scale, double offset) {
        float[] out = new float[Math.toIntExact(count)];
        long seed = seed(name);
        for (int i = 0; i < out.length; i++) {
            out[i] = value(seed, i, scale, offset);
        }
        return out;
    }

    /**
     * An image batch {@code [B, C, H, W]}: coarse cells plus fine noise, added in float.
     *
     * @param cells number of coarse cells along each side; pixel (y, x) reads cell (y*cells/H, x*cells/W), rounded down
     */
    public static float[] image(String name, long[] shape, int cells, double coarseScale, double noiseScale) {
        int planes = Math.toIntExact(shape[0] * shape[1]);
        int height = Math.toIntExact(shape[2]);
        int width = Math.toIntExact(shape[3]);
        float[] coarse = values(name + ":coarse", (long) planes * cells * cells, coarseScale, 0);
        float[] out = values(name + ":noise", (long) planes * height * width, noiseScale, 0);
        int at = 0;
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < height; y++) {
                int row = (plane * cells + y * cells / height) * cells;
                for (int x = 0; x < width; x++) {
                    out[at++] += coarse[row + x * cells / width];
                }
            }
        }
        return out;
    }

    /** Divides every column of a {@code [rows, columns]} matrix by its Euclidean norm, in float (the rule of kind "queue"). */
    public static void normalizeColumns(float[] matrix, long[] shape) {
        int rows = Math.toIntExact(shape[0]);
        int columns = Math.toIntExact(shape[1]);
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                double v = matrix[r * columns + c];
                sum += v * v;
            }
            float norm = (float) Math.sqrt(sum);
            for (int r = 0; r < rows; r++) {
                matrix[r * columns + c] /= norm;
            }
        }
    }

    /** Number of elements of a shape; 1 for a scalar. */
    public static long count(long[] shape) {
        long n = 1;
        for (long s : shape) {
            n = Math.multiplyExact(n, s);
        }
        return n;
    }
}
