package viewfit.report.values;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void percents() {
        assertEquals("62.3", Text.percent(0.6234));
        assertEquals("62.0\u00A0\u00B1\u00A02.8", Text.percent(MeanSd.of(List.of(0.60, 0.64))));
        assertEquals("60.0", Text.percent(MeanSd.of(List.of(0.60))));
        assertEquals(Text.NONE, Text.percent(MeanSd.of(List.of())));
    }

    @Test
    void pointsCarryTheirSign() {
        assertEquals("+2.1", Text.points(0.0211));
        assertEquals("\u22122.1", Text.points(-0.0211));
        assertEquals("\u00B10.0", Text.points(-0.0001));
        assertEquals(Text.NONE, Text.points(Double.NaN));
    }

    @Test
    void countsAndNouns() {
        assertEquals("12\u202F345", Text.count(12345));
        assertEquals("1\u00A0seed", Text.plural(1, "seed"));
        assertEquals("2\u00A0seeds", Text.plural(2, "seed"));
        assertEquals("10\u00A0% of labels", Text.fraction("10pct"));
        assertEquals("odd", Text.fraction("odd"));
    }
}
