package viewfit.core;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import viewfit.core.files.Hashes;

/**
 * Which code this process runs: that of its own stage, where {@link Code#version()} is of all of them. What changes nothing of a
 * stage, such as another report, must not keep it from going on with its own files.
 */
public final class StageCode {
    private static final int DIGITS = 12;
    private static final String OURS = "Viewfit";

    /** Read once, when the first one asks, which has to be soon: a build may replace the jars while a stage runs. */
    private static final class Own {
        static final String FINGERPRINT = own();
    }

    private StageCode() {}

    /**
     * Of a stage's jar and of the libraries that its manifest names: ours by their content, others by their names, which have their
     * versions and are in the jar's own manifest. Where no such jar runs, as in tests, {@link Code#version()}. {@code lib/Launch.groovy}
     * gives a stage the same.
     */
    public static String fingerprint() {
        return Own.FINGERPRINT;
    }

    private static String own() {
        String path = System.getProperty("java.class.path", "");
        return path.endsWith(".jar") && !path.contains(File.pathSeparator) ? of(Path.of(path)) : Code.version();
    }

    /**
     * That of any stage.
     *
     * @param stage a jar whose manifest names its libraries, in folders beside it
     */
    public static String of(Path stage) {
        StringBuilder all = new StringBuilder(Hashes.sha256(stage));
        Path folder = stage.toAbsolutePath().getParent();
        String[] names = attribute(stage, Attributes.Name.CLASS_PATH).split(" ");
        Arrays.sort(names);
        for (String name : names) {
            Path library = folder == null ? Path.of(name) : folder.resolve(name);
            if (Files.isRegularFile(library)
                    && attribute(library, Attributes.Name.IMPLEMENTATION_TITLE).startsWith(OURS)) {
                all.append('\n').append(Hashes.sha256(library));
            }
        }
        return Hashes.sha256(all.toString()).substring(0, DIGITS);
    }

    private static String attribute(Path jar, Attributes.Name name) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String value =
                    manifest == null ? null : manifest.getMainAttributes().getValue(name);
            return value == null ? "" : value;
        } catch (IOException e) {
            throw new UncheckedIOException(jar + ": cannot be read as a jar", e);
        }
    }
}
