package viewfit.report.watch;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which recipes the curves in folders are of, by the {@code provenance} in their headers. The folder of an attempt or of states is
 * of one recipe for ever, so it is opened until that is known.
 */
final class Origins {
    private static final Pattern RECIPE = Pattern.compile("\"recipe-sha256\":\"([0-9a-f]+)\"");

    private final Map<Path, String> known = new HashMap<>();

    /**
     * Checksum of the recipe; empty where it cannot be told.
     *
     * @param folder of the outputs of an attempt, or of its states
     */
    String of(Path folder) {
        String before = known.get(folder);
        if (before != null) {
            return before;
        }
        String found = read(folder.resolve("curve.csv"));
        if (!found.isEmpty()) {
            known.put(folder, found);
        }
        return found;
    }

    private static String read(Path curve) {
        // One character for each byte: nothing that is half there is an error.
        try (BufferedReader in = Files.newBufferedReader(curve, StandardCharsets.ISO_8859_1)) {
            for (String line = in.readLine(); line != null && line.startsWith("#"); line = in.readLine()) {
                Matcher recipe = RECIPE.matcher(line);
                if (recipe.find()) {
                    return recipe.group(1);
                }
            }
        } catch (IOException unreadable) {
            return "";
        }
        return "";
    }

    /** Whether what is known to be of one recipe is of another than the wanted one. */
    static boolean differs(String found, String wanted) {
        return !found.isEmpty() && !found.equals(wanted);
    }
}
