package viewfit.checks;

import java.util.Map;

/** The checks of one theme. It lives in the package of the code that it checks and is listed in {@link GoldenSuite#THEMES}. */
public interface GoldenTheme {
    /** The checks by the {@code type} of the cases they are for. */
    Map<String, GoldenCheck> checks();
}
