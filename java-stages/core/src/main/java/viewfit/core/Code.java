package viewfit.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Viewfit this is. */
public final class Code {
    private static final String VERSION = read();

    private Code() {}

    /**
     * {@code 0.1.0+<fingerprint>}. The launcher gives it to the process ({@code viewfit.version}) rather than to the build:
     * were it inside the jars, a change of one module would change them all, and every finished task would run again.
     */
    public static String version() {
        return VERSION;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = Code.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the core jar");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String built = properties.getProperty("version") + "+" + properties.getProperty("fingerprint");
        return System.getProperty("viewfit.version", built);
    }
}
