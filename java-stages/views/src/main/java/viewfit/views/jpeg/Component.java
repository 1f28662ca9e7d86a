package viewfit.views.jpeg;

/** One colour component of a picture: how it is sampled and coded, and where its samples lie in the planes. */
final class Component {
    final int id;

    /** Sampling factors: blocks per MCU, across and down. */
    int h;

    int v;
    final int quantizationId;

    int[] quantization = new int[0];
    HuffmanTable dc = NONE;
    HuffmanTable ac = NONE;

    /** Samples that belong to the picture. */
    int width;

    int height;

    /** Samples from row to row in the planes, whole MCUs. */
    int stride;

    /** First sample in the planes. */
    int start;

    private static final HuffmanTable NONE = none();

    Component(int id, int h, int v, int quantizationId) {
        this.id = id;
        this.h = h;
        this.v = v;
        this.quantizationId = quantizationId;
    }

    private static HuffmanTable none() {
        try {
            return new HuffmanTable(new int[HuffmanTable.LONGEST], new byte[0]);
        } catch (JpegException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Gives every component its place in one array of planes.
     *
     * @return false if a component is sampled so that its samples do not fit those of the picture a whole number of times
     */
    static boolean lay(Component[] components, int width, int height, int maxH, int maxV) {
        int across = (width + 8 * maxH - 1) / (8 * maxH);
        int down = (height + 8 * maxV - 1) / (8 * maxV);
        long start = 0;
        for (Component c : components) {
            if (maxH % c.h != 0 || maxV % c.v != 0) {
                return false;
            }
            c.width = (width * c.h + maxH - 1) / maxH;
            c.height = (height * c.v + maxV - 1) / maxV;
            c.stride = across * c.h * 8;
            c.start = (int) start;
            start += (long) c.stride * down * c.v * 8;
        }
        return start <= Integer.MAX_VALUE - 8;
    }

    /** Bytes that the planes of these components take. */
    static int planeBytes(Component[] components, Frame frame) {
        Component last = components[components.length - 1];
        return last.start + last.stride * frame.mcusDown() * last.v * 8;
    }
}
