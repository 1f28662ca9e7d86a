package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.report.FakeGrid;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;
import viewfit.report.watch.CellState;
import viewfit.report.watch.SweepPage;
import viewfit.report.watch.SweepState;

/**
 * The page in a real browser, as wide as a phone and as a desk: nothing sticks out, nothing is asked of the net, nothing is
 * complained of. Without a browser on the path it is left out, unless VIEWFIT_BROWSER=yes demands it.
 */
@EnabledIf(
        value = "wanted",
        disabledReason =
                "no chromium, chromium-browser or google-chrome on the PATH; VIEWFIT_BROWSER=yes would demand it")
class ReportScreenTest {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long LIMIT_SECONDS = 120;

    /** Left in the build folder on purpose, for people to look at. */
    private static final Path PICTURES = Path.of("target", "screens");

    private static final List<String> PAGES = List.of("sweep", "methods", "grid");

    /** A4 without the margins of the page, 182 mm, in CSS pixels of 96 to the inch. */
    private static final int PAPER = 688;

    /** Share of a figure that is not white, at least: axes and letters alone are more than this. */
    private static final double LEAST_INK = 0.005;

    /**
     * Put into a copy of the page: when all is loaded the widths and the height are told, what sticks out of the window
     * without a box around it that scrolls (on paper nothing scrolls), and where the pictures of the figures are seen.
     */
    private static final String PROBE =
            """
            <script>
            window.addEventListener('load', () => {
              const paper = false;
              const scrolls = e => { for (let p = paper ? null : e.parentElement; p; p = p.parentElement)
                if (p.classList.contains('scroll')) return true; return false; };
              const out = [...document.body.querySelectorAll('*')].filter(e => !scrolls(e))
                .filter(e => e.getBoundingClientRect().right > window.innerWidth + 0.5)
                .map(e => e.tagName + '.' + e.className + '#' + e.id);
              const broken = [...document.images].filter(i => !i.complete || i.naturalWidth === 0).length;
              const asked = performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith('data:'));
              const boxes = [...document.querySelectorAll('figure img')].map(i => {
                const b = i.getBoundingClientRect(), s = (i.closest('.scroll') || i).getBoundingClientRect();
                const left = Math.max(b.left, s.left), right = Math.min(b.right, s.right);
                return [left, b.top + scrollY, right - left, b.height].map(Math.round).join(' '); });
              const said = JSON.stringify({inner: window.innerWidth, scroll: document.documentElement.scrollWidth,
                height: document.documentElement.scrollHeight, boxes: boxes.join(), out: out, asked: asked, broken: broken, images: document.images.length});
              document.documentElement.dataset.probe = said;
              if (window.parent !== window) window.parent.postMessage(said, '*');
            });
            </script>
            """;

    @TempDir
    static Path folder;

    static boolean wanted() {
        String wish = System.getenv("VIEWFIT_BROWSER");
        return "yes".equals(wish) || (!"no".equals(wish) && !browser().isEmpty());
    }

    /** Path of the first browser there is; empty without one. */
    private static String browser() {
        return NAMES.stream()
                .flatMap(name -> Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
    }

    @BeforeAll
    static void write() throws IOException {
        assertTrue(!browser().isEmpty(), "VIEWFIT_BROWSER=yes, and none of " + NAMES + " on the PATH");
        page("sweep", new FakeSweep(folder.resolve("sweep")));
        page("methods", FakeSweep.ofAllMethods(folder.resolve("methods")));
        FakeGrid grid = new FakeGrid(folder.resolve("grid")).write();
        ReportWriter.write(
                ResultReader.read(null, List.of(grid.inputs())),
                "Local size",
                "bin/viewfit run main.nf -params-file params/papers/figure2-right.yml --input /data/imagenet",
                folder.resolve("grid/out"));
        for (String name : PAGES) {
            Path page = folder.resolve(name).resolve("out/report.html");
            String html = Files.readString(page);
            Files.writeString(page.resolveSibling("probed.html"), html.replace("</body>", PROBE + "</body>"));
            assertTrue(html.contains("@media print {"), "nothing is for paper");
            Files.writeString(
                    page.resolveSibling("paper.html"),
                    html.replace("@media print {", "@media all {")
                            .replace("</body>", PROBE.replace("paper = false", "paper = true") + "</body>"));
        }
    }

    private static void page(String name, FakeSweep sweep) {
        ReportWriter.write(
                ResultReader.read(sweep.write(), List.of(sweep.inputs())),
                name,
                folder.resolve(name).resolve("out"));
    }

    /** What a browser says of a page. */
    private record Said(String dom, String log) {}

    private Said browse(int width, String name, String... options) throws IOException, InterruptedException {
        return browse(width, 900, name, options);
    }

    private Said browse(int width, int height, String name, String... options)
            throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(folder, "browser");
        Path dom = home.resolve("dom.html");
        Path log = home.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                browser(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--user-data-dir=" + home.resolve("profile"),
                "--window-size=" + width + "," + height,
                "--virtual-time-budget=20000",
                "--enable-logging=stderr"));
        command.addAll(List.of(options));
        command.add(folder.resolve(name).toUri().toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(dom.toFile()).redirectError(log.toFile());
        builder.environment().put("HOME", home.toString());
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertTrue(ended, "the browser did not end in " + LIMIT_SECONDS + " s: " + said);
        assertEquals(0, process.exitValue(), said);
        return new Said(Files.readString(dom), said);
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 768, 1200})
    void nothingSticksOut(int width) throws IOException, InterruptedException {
        for (String name : PAGES) {
            Said said = browse(width, name + "/out/probed.html", "--dump-dom");
            String probe = unescape(first("data-probe=\"([^\"]*)\"", said.dom()));
            assertEquals("", first("\"out\":\\[([^\\]]*)\\]", probe), name + " at " + width);
            // Headless browsers have a least width; what was really measured counts.
            int inner = Integer.parseInt(first("\"inner\":(\\d+)", probe));
            int scroll = Integer.parseInt(first("\"scroll\":(\\d+)", probe));
            assertTrue(inner <= Math.max(width, 500), probe);
            assertTrue(scroll <= inner, name + " at " + width + ": " + probe);
            assertEquals("", first("\"asked\":\\[([^\\]]*)\\]", probe), "asked of the net or the disk");
            assertEquals("0", first("\"broken\":(\\d+)", probe), "pictures that were not drawn");
            assertTrue(Integer.parseInt(first("\"images\":(\\d+)", probe)) > 2, probe);
            assertEquals(
                    List.of(),
                    said.log().lines().filter(line -> line.contains("CONSOLE")).toList());
        }
    }

    /** As narrow as a phone really is: inside a frame, which has no least width. */
    @Test
    void nothingSticksOutOfAPhone() throws IOException, InterruptedException {
        for (String name : PAGES) {
            assertNothingSticksOutOfAPhone(name);
        }
    }

    private void assertNothingSticksOutOfAPhone(String name) throws IOException, InterruptedException {
        Files.writeString(
                folder.resolve(name).resolve("out/phone.html"),
                """
                <!doctype html><body><script>
                window.addEventListener('message', e => { document.documentElement.dataset.probe = e.data; });
                </script><iframe src="probed.html" width="360" height="800"></iframe></body>
                """);
        Said said = browse(1200, name + "/out/phone.html", "--dump-dom");
        String probe = unescape(first("data-probe=\"([^\"]*)\"", said.dom()));
        assertEquals("360", first("\"inner\":(\\d+)", probe), probe);
        assertEquals("360", first("\"scroll\":(\\d+)", probe), name + ": " + probe);
        assertEquals("", first("\"out\":\\[([^\\]]*)\\]", probe), name);
    }

    /** The page of watch, of a folder whose name is longer than a phone is wide: the table alone scrolls. */
    @Test
    void nothingOfAWatchedSweepSticksOutOfAPhone() throws IOException, InterruptedException {
        double n = Double.NaN;
        CellState failed = new CellState(
                "ours_scale0.25_alpha0.1_s0",
                CellState.Status.FAILED,
                3,
                100,
                1200,
                5004,
                7.2,
                .42,
                412,
                .01,
                n,
                n,
                "exit 137");
        Path page = folder.resolve("watch/out/watch.html");
        SweepPage.write(
                page,
                new SweepState(
                        "/data/results-of-".repeat(9),
                        0,
                        List.of(failed),
                        List.of(new SweepState.StageState("probe", 0, 1, 2, 0))),
                3600);
        String html = Files.readString(page);
        Files.writeString(page.resolveSibling("probed.html"), html.replace("</body>", PROBE + "</body>"));
        assertNothingSticksOutOfAPhone("watch");
    }

    /** With the rules for paper, as wide as A4 leaves it: what scrolls on a screen would be cut off. */
    @Test
    void nothingSticksOutOfPaper() throws IOException, InterruptedException {
        for (String name : PAGES) {
            Said said = browse(PAPER, name + "/out/paper.html", "--dump-dom");
            String probe = unescape(first("data-probe=\"([^\"]*)\"", said.dom()));
            assertEquals(PAPER, Integer.parseInt(first("\"inner\":(\\d+)", probe)), probe);
            assertEquals("", first("\"out\":\\[([^\\]]*)\\]", probe), name);
        }
    }

    /** The whole page is shot, and each figure is on it and not blank. */
    @Test
    void screenshotsHaveEveryFigure() throws IOException, InterruptedException {
        Files.createDirectories(PICTURES);
        for (String name : PAGES) {
            for (int width : new int[] {500, 1200}) {
                String probe = unescape(first(
                        "data-probe=\"([^\"]*)\"",
                        browse(width, name + "/out/probed.html", "--dump-dom").dom()));
                int height = Integer.parseInt(first("\"height\":(\\d+)", probe));
                Path picture = PICTURES.resolve(name + "-" + width + ".png").toAbsolutePath();
                Files.deleteIfExists(picture);
                browse(width, height, name + "/out/report.html", "--screenshot=" + picture);
                BufferedImage shot = ImageIO.read(picture.toFile());
                assertEquals(List.of(width, height), List.of(shot.getWidth(), shot.getHeight()));
                String html = Files.readString(folder.resolve(name).resolve("out/report.html"));
                String[] boxes = first("\"boxes\":\"([^\"]*)\"", probe).split(",");
                assertEquals(html.split("<figure", -1).length - 1, boxes.length, "each figure has a picture");
                for (String box : boxes) {
                    assertInk(shot, box, name + " at " + width);
                }
            }
        }
    }

    private static void assertInk(BufferedImage shot, String box, String where) {
        int[] b = Stream.of(box.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertTrue(b[2] > 100 && b[3] > 50, where + ": a figure of " + box);
        assertTrue(
                b[0] >= 0 && b[1] >= 0 && b[0] + b[2] <= shot.getWidth() && b[1] + b[3] <= shot.getHeight(),
                where + ": off the page: " + box);
        long ink = 0;
        for (int y = b[1]; y < b[1] + b[3]; y++) {
            for (int x = b[0]; x < b[0] + b[2]; x++) {
                ink += (shot.getRGB(x, y) & 0xFFFFFF) != 0xFFFFFF ? 1 : 0;
            }
        }
        assertTrue(ink >= LEAST_INK * b[2] * b[3], where + ": a blank figure: " + box);
    }

    @Test
    void aPrintIsLeftToLookAt() throws IOException, InterruptedException {
        Files.createDirectories(PICTURES);
        for (String name : PAGES) {
            Path print = PICTURES.resolve(name + ".pdf").toAbsolutePath();
            Files.deleteIfExists(print);
            browse(1200, name + "/out/report.html", "--print-to-pdf=" + print, "--no-pdf-header-footer");
            assertTrue(Files.readString(print, StandardCharsets.ISO_8859_1).startsWith("%PDF"));
        }
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), () -> pattern + " is not in " + text.substring(0, Math.min(2000, text.length())));
        return matcher.group(1);
    }

    private static String unescape(String attribute) {
        return attribute.replace("&quot;", "\"").replace("&amp;", "&");
    }
}
