package viewfit.report.chart;

import java.awt.font.FontRenderContext;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Whether this machine can draw text at all: a Java without fontconfig or without any font fails deep inside AWT. */
public final class Fonts {

    private Fonts() {}

    /**
     * Measures one word, which makes AWT load its font code.
     *
     * @throws StageFailure with {@link ExitCode#NO_INPUT} and what to install if AWT cannot
     */
    public static void require() {
        require(() -> PaperTheme.font(12f).getStringBounds("Viewfit", new FontRenderContext(null, true, true)));
    }

    /** As {@link #require()} with another way to touch the fonts. */
    static void require(Runnable measure) {
        try {
            measure.run();
        } catch (RuntimeException | LinkageError | InternalError e) {
            // AWT throws all three kinds: a null font list, a missing libfreetype, a wrapped native failure.
            throw new StageFailure(
                    ExitCode.NO_INPUT,
                    "fonts: Java cannot load any (" + firstLine(e) + "): install fontconfig and one font, for example"
                            + " apt-get install fontconfig fonts-dejavu-core",
                    e);
        }
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName()
                + (message == null || message.isBlank()
                        ? ""
                        : " " + message.lines().findFirst().orElse(""));
    }
}
