package viewfit.report.values;

import java.util.Locale;

/** Numbers as the page writes them. */
public final class Text {

    /** What stands for a number nobody measured. */
    public static final String NONE = "\u2013";

    private Text() {}

    public static String decimals(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : NONE;
    }

    /** As many digits as bring the same number back; empty for one that nobody measured. */
    public static String exact(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }

    /** A fraction as percent with one decimal, without the sign. */
    public static String percent(double fraction) {
        return decimals(100 * fraction, 1);
    }

    /** "62.3 ± 1.1", "62.3" for one run, a dash for none; in percent. */
    public static String percent(MeanSd mean) {
        if (!mean.isMeasured()) {
            return NONE;
        }
        return mean.hasSpread()
                ? percent(mean.mean()) + "\u00A0\u00B1\u00A0" + percent(mean.sd())
                : percent(mean.mean());
    }

    /** A difference of fractions in percentage points, always with its sign. */
    public static String points(double difference) {
        if (!Double.isFinite(difference)) {
            return NONE;
        }
        String text = decimals(Math.abs(100 * difference), 1);
        boolean zero = text.equals("0.0");
        return (zero ? "\u00B1" : difference < 0 ? "\u2212" : "+") + text;
    }

    /** "1pct" as "1 % of labels". */
    public static String fraction(String name) {
        return name.matches("\\d+pct") ? name.replace("pct", "") + "\u00A0% of labels" : name;
    }

    public static String count(long n) {
        return n < 0 ? NONE : String.format(Locale.ROOT, "%,d", n).replace(',', '\u202F');
    }

    /** "1 seed", "2 seeds". */
    public static String plural(long n, String noun) {
        return n + "\u00A0" + noun + (n == 1 ? "" : "s");
    }
}
