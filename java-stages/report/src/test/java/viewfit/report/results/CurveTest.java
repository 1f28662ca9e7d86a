package viewfit.report.results;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class CurveTest {
    private static final String HEAD = "# schema: curve/2\n# provenance: {\"cell\":\"c\"}\nstep,loss,note\n";

    @TempDir
    private Path folder;

    private Curve curve(String text) throws IOException {
        return Curve.read(Files.writeString(folder.resolve("curve.csv"), text));
    }

    private StageFailure failure(String text) {
        StageFailure failure = assertThrows(StageFailure.class, () -> curve(text));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        return failure;
    }

    /** By the rule itself: point b has the rows from b n / 240 up to (b + 1) n / 240, and of them those with a number. */
    @ParameterizedTest
    @ValueSource(ints = {239, 240, 241, 479, 720, 1003, 24_070})
    void pointsAreMeansOfEqualRunsOfRows(int n) throws IOException {
        double[] loss = new double[n];
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 0; i < n; i++) {
            // In long curves whole runs have no number.
            loss[i] = i % 3 == 1 || i / 100 % 7 == 4 ? Double.NaN : Math.sin(i) / 3;
            text.append(i).append(',').append(i % 2 == 0 && Double.isNaN(loss[i]) ? "" : loss[i]);
            text.append(",\n");
        }
        Curve curve = curve(text.toString());

        int points = Math.min(240, n);
        double[] steps = new double[points];
        double[] means = new double[points];
        for (int b = 0; b < points; b++) {
            double sum = 0;
            int finite = 0;
            int from = b * n / points;
            int to = (b + 1) * n / points;
            for (int i = from; i < to; i++) {
                steps[b] += i;
                if (!Double.isNaN(loss[i])) {
                    sum += loss[i];
                    finite++;
                }
            }
            steps[b] /= to - from;
            means[b] = finite == 0 ? Double.NaN : sum / finite;
        }
        assertArrayEquals(steps, curve.means("step"));
        assertArrayEquals(means, curve.means("loss"));
        assertEquals(n, curve.rows());
        assertEquals(n - 1, curve.last("step"));
        assertEquals((n - 1) / 2.0, curve.mean("step"), 1e-9);
    }

    @Test
    void fewRowsAreKeptAsTheyAre() throws IOException {
        Curve curve = curve(HEAD + "3,0.1,\n4,,\n5,Infinity,\n6,0.7,x\n7,NaN,\n");
        assertArrayEquals(new double[] {3, 4, 5, 6, 7}, curve.means("step"));
        assertArrayEquals(new double[] {0.1, Double.NaN, Double.NaN, 0.7, Double.NaN}, curve.means("loss"));
        assertEquals(0.4, curve.mean("loss"), 1e-15);
        assertEquals(Double.NaN, curve.last("loss"));
        assertEquals("c", curve.provenance().path("cell").asText());
        assertFalse(curve.has("lr"));
    }

    @Test
    void aCutLastLineIsNoRow() throws IOException {
        assertEquals(7, curve(HEAD + "0,7,\n1,6").last("loss"));
        Curve none = curve(HEAD + "0,7");
        assertEquals(0, none.rows());
        assertArrayEquals(new double[0], none.means("loss"));
        assertEquals(Double.NaN, none.mean("loss"));
    }

    /** Only who asks for a column needs numbers there. */
    @Test
    void problemsNameTheirPlace() throws IOException {
        Curve curve = curve(HEAD + "0,7,\n1,6,slow\n2,5,fast\n");
        StageFailure text = assertThrows(StageFailure.class, () -> curve.means("note"));
        Path file = folder.resolve("curve.csv");
        assertEquals(file + ": data row 2, column note: \"slow\": a number is needed", text.getMessage());
        StageFailure absent = assertThrows(StageFailure.class, () -> curve.last("lr"));
        assertEquals(file + ": no column lr: found step, loss, note", absent.getMessage());

        assertEquals(
                file + ": data row 2: 2 values: the header has 3",
                failure(HEAD + "0,7,\n1,6\n").getMessage());
        assertEquals(
                file + ": no header line: a CSV with a header is needed",
                failure("# schema: curve/2\n").getMessage());
        assertEquals(
                "not a CSV file",
                failure(HEAD + "0,\"7\"x,\n")
                        .getMessage()
                        .substring(file.toString().length() + 2, file.toString().length() + 16));
        Files.write(file, (HEAD + "0,\u00e9,\n").getBytes(StandardCharsets.ISO_8859_1));
        StageFailure bytes = assertThrows(StageFailure.class, () -> Curve.read(file));
        assertEquals(file + ": bytes that are not UTF-8: a text file is needed", bytes.getMessage());
        assertEquals(ExitCode.BAD_DATA, bytes.exitCode());
    }
}
