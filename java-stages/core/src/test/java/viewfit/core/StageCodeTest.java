package viewfit.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageCodeTest {
    private static final String LIBRARIES = "../lib/ssl.jar ../lib/jackson-2.jar ../lib/absent.jar";

    @TempDir
    Path dist;

    private void jar(String name, String title, String libraries, String content) throws IOException {
        Manifest manifest = new Manifest();
        Attributes all = manifest.getMainAttributes();
        all.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        all.put(Attributes.Name.IMPLEMENTATION_TITLE, title);
        all.put(Attributes.Name.CLASS_PATH, libraries);
        Path file = dist.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            JarEntry entry = new JarEntry("content");
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    @BeforeEach
    void stage() throws IOException {
        jar("stages/pretrain.jar", "Viewfit pretrain", LIBRARIES, "1");
        jar("lib/ssl.jar", "Viewfit ssl", "", "1");
        jar("lib/jackson-2.jar", "Jackson", "", "1");
        jar("lib/report.jar", "Viewfit report", "", "1");
    }

    private String fingerprint() {
        return StageCode.of(dist.resolve("stages/pretrain.jar"));
    }

    @Test
    void whatTheStageRunsCounts() throws IOException {
        String before = fingerprint();
        assertEquals(12, before.length());
        jar("lib/ssl.jar", "Viewfit ssl", "", "2");
        String changed = fingerprint();
        assertNotEquals(before, changed);
        jar("stages/pretrain.jar", "Viewfit pretrain", LIBRARIES, "2");
        assertNotEquals(changed, fingerprint());
    }

    @Test
    void whatItDoesNotRunDoesNot() throws IOException {
        String before = fingerprint();
        jar("lib/report.jar", "Viewfit report", "", "2");
        assertEquals(before, fingerprint());
        // Of others the name has the version.
        jar("lib/jackson-2.jar", "Jackson", "", "2");
        assertEquals(before, fingerprint());
    }

    /** The tests run classes from folders. */
    @Test
    void withoutJarsItIsTheVersionOfAll() {
        assertEquals(Code.version(), StageCode.fingerprint());
    }
}
