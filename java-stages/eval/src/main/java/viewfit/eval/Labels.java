package viewfit.eval;

import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;

/** Labels of a manifest that must have them. */
public final class Labels {
    private Labels() {}

    /**
     * Class index per manifest row.
     *
     * @param where names the manifest in messages
     * @throws StageFailure {@link ExitCode#BAD_DATA} if there is no image, or one without a label or with a label
     *     outside 0 .. classes - 1
     */
    public static int[] of(Manifest manifest, String where, int classes) {
        if (manifest.rows().isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, where + ": found no images: must list at least one labelled image");
        }
        int[] labels = new int[manifest.size()];
        for (int i = 0; i < labels.length; i++) {
            ManifestRow row = manifest.rows().get(i);
            if (row.label() < 0) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        where + ": " + row.path() + ": found no label: every image must have one,"
                                + " so images must lie in one folder per class");
            }
            if (row.label() >= classes) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        where + ": " + row.path() + ": found label " + row.label() + ": must lie in 0 .. "
                                + (classes - 1));
            }
            labels[i] = row.label();
        }
        return labels;
    }
}
