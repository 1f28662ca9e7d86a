package viewfit.formats;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.metrics.Provenance;

/**
 * {@code manifest.json} of an export: what the network is, what it expects, where it comes from, and the checksum of every file.
 *
 * @param schema always {@value #SCHEMA}
 * @param arch name of the backbone
 * @param network student or teacher; {@code imported} where a file of weights does not say
 * @param method the method it was pre-trained with; {@code imported} if a file of weights is all that is known
 * @param epoch epochs done
 * @param step optimiser steps done
 * @param cell cell of the sweep; empty outside one
 * @param preprocessing how a photograph becomes an input
 * @param tensors number of tensors of the backbone
 * @param scores what was measured with it, by the names of {@code metrics.json}; empty if nothing was given
 * @param files every file of the export but this one, in the order of their paths
 * @param provenance code and checksums of what the network was made from
 */
public record ExportManifest(
        String schema,
        String arch,
        String network,
        String method,
        long epoch,
        long step,
        String cell,
        Preprocessing preprocessing,
        int tensors,
        Map<String, Double> scores,
        List<ExportedFile> files,
        Provenance provenance) {
    public static final String SCHEMA = "export/2";
    public static final String FILE = "manifest.json";

    public ExportManifest {
        scores = Collections.unmodifiableMap(new TreeMap<>(scores));
        files = List.copyOf(files);
    }

    /** The same facts with these scores. */
    public ExportManifest scored(Map<String, Double> measured) {
        return with(measured, files);
    }

    /** The same facts with these files. */
    ExportManifest with(List<ExportedFile> exported) {
        return with(scores, exported);
    }

    private ExportManifest with(Map<String, Double> measured, List<ExportedFile> exported) {
        return new ExportManifest(
                schema,
                arch,
                network,
                method,
                epoch,
                step,
                cell,
                preprocessing,
                tensors,
                measured,
                exported,
                provenance);
    }

    /**
     * The input of the network: an image is resized, cut in its middle and normalised.
     *
     * @param channels order of the colours
     * @param resize pixels of the short side of the resized image
     * @param interpolation of the resizing
     * @param crop pixels of the side of the square that is cut
     * @param mean subtracted from values scaled to [0, 1], per channel
     * @param std divisor per channel
     */
    public record Preprocessing(
            String channels, int resize, String interpolation, int crop, List<Double> mean, List<Double> std) {
        public Preprocessing {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }

        /** As our evaluation does it, with these numbers. */
        public static Preprocessing of(List<Double> mean, List<Double> std) {
            return new Preprocessing("RGB", 256, "bicubic", 224, mean, std);
        }
    }

    /**
     * One file.
     *
     * @param path relative to the export folder, with {@code /}
     * @param bytes its length
     * @param sha256 its checksum
     */
    public record ExportedFile(String path, long bytes, String sha256) {}
}
