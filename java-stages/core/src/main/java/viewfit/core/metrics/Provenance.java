package viewfit.core.metrics;

/**
 * Where a number comes from. An empty text means that the entry does not apply.
 *
 * @param code version of Viewfit
 * @param recipeSha256 checksum of the canonical recipe
 * @param manifestSha256 checksum of the manifest file
 * @param checkpointSha256 checksum of the checkpoint file
 * @param engine engine name and version
 * @param device device the numbers were computed on
 * @param seed root of the randomness
 */
public record Provenance(
        String code,
        String recipeSha256,
        String manifestSha256,
        String checkpointSha256,
        String engine,
        String device,
        long seed) {
    /** As one line of JSON, for the header of a table. */
    public String toJson() {
        return Json.line(this);
    }

    /**
     * For a table whose checksum says which images it has: the same ones must have the same, whichever version of Viewfit listed
     * them.
     */
    public static Provenance ofSeed(long seed) {
        return new Provenance("", "", "", "", "", "", seed);
    }

    /** For a stage of plain Java that reads no recipe and no checkpoint. */
    public static Provenance ofCode(String manifestSha256, long seed) {
        return new Provenance(viewfit.core.Code.version(), "", manifestSha256, "", "", "", seed);
    }
}
