package viewfit.report.page;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with {@code {{name}}} marks. A mark without a value, or a value without a mark, is a mistake in the program. */
final class Template {

    private static final Pattern MARK = Pattern.compile("\\{\\{([a-z-]+)}}");

    private final String text;

    Template(String text) {
        this.text = text;
    }

    /** Puts each value, which must be markup already, in place of its mark. */
    String fill(Map<String, String> values) {
        Set<String> unused = new LinkedHashSet<>(values.keySet());
        Matcher matcher = MARK.matcher(text);
        StringBuilder page = new StringBuilder();
        while (matcher.find()) {
            String value = values.get(matcher.group(1));
            if (value == null) {
                throw new IllegalArgumentException("page template: no value for {{" + matcher.group(1) + "}}");
            }
            unused.remove(matcher.group(1));
            matcher.appendReplacement(page, Matcher.quoteReplacement(value));
        }
        matcher.appendTail(page);
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("page template: no mark for " + unused);
        }
        return page.toString();
    }
}
