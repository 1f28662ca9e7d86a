package viewfit.coco;

/** The outline of an object as files give it; a mask once the size of its image is known. */
sealed interface Segmentation permits Segmentation.Polygons, Segmentation.Runs, Segmentation.Text {
    /**
     * The mask.
     *
     * @param height of the image; runs have a size of their own
     * @throws IllegalArgumentException if there is no such mask
     */
    Mask mask(int height, int width);

    /** The union of polygons, x and y in turns. */
    final class Polygons implements Segmentation {
        private final double[][] polygons;

        Polygons(double[]... polygons) {
            this.polygons = polygons;
        }

        @Override
        public Mask mask(int height, int width) {
            Mask mask = Mask.ofPolygon(polygons[0], height, width);
            for (int i = 1; i < polygons.length; i++) {
                mask = mask.union(Mask.ofPolygon(polygons[i], height, width));
            }
            return mask;
        }
    }

    /** Uncompressed runs. */
    final class Runs implements Segmentation {
        private final int ownHeight;
        private final int ownWidth;
        private final int[] runs;

        Runs(int height, int width, int[] runs) {
            this.ownHeight = height;
            this.ownWidth = width;
            this.runs = runs;
        }

        @Override
        public Mask mask(int height, int width) {
            return Mask.ofRuns(runs, ownHeight, ownWidth);
        }
    }

    /** Runs as text. */
    final class Text implements Segmentation {
        private final int ownHeight;
        private final int ownWidth;
        private final byte[] text;

        Text(int height, int width, byte[] text) {
            this.ownHeight = height;
            this.ownWidth = width;
            this.text = text;
        }

        @Override
        public Mask mask(int height, int width) {
            return Mask.ofText(text, ownHeight, ownWidth);
        }
    }
}
