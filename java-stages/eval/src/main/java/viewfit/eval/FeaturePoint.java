package viewfit.eval;

/**
 * One held-out image on the feature map, a line of {@code feature-map.csv}.
 *
 * @param path of the image
 * @param label its class
 * @param pcaX on the first principal component
 * @param pcaY on the second
 * @param tsneX in the plane of t-SNE; NaN for an image that is not in it
 * @param tsneY the same
 */
public record FeaturePoint(String path, int label, double pcaX, double pcaY, double tsneX, double tsneY) {
    /** Schema of the table. */
    public static final String SCHEMA = "feature-map/1";
}
