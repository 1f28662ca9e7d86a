package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import viewfit.goldens.Expected;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Gradients may be off as one kink puts them, and no further. */
class KinkRuleTest {
    private static final GoldenCase GOLDEN = Goldens.ssl().cases("backbone_train").stream()
            .filter(c -> c.get("arch").asText().equals("mobilenet_v2"))
            .findFirst()
            .orElseThrow();

    @Test
    void whatHoldsNeedsNoRule() {
        assertEquals(List.of(), BackboneGoldens.refused(scaled(1), false));
    }

    @Test
    void aKinkIsAcceptedInANetworkWithRelusOnly() {
        assertEquals(List.of(), BackboneGoldens.refused(scaled(1.015), true));
        assertTrue(BackboneGoldens.refused(scaled(1.015), false).size() > 3);
    }

    @Test
    void moreThanAKinkIsRefused() {
        assertTrue(BackboneGoldens.refused(scaled(1.03), true).size() > 3);
        Map<Expected, float[]> one = scaled(1);
        one.values().iterator().next()[0] = Float.NaN;
        assertEquals(1, BackboneGoldens.refused(one, true).size());
    }

    private static Map<Expected, float[]> scaled(double factor) {
        Map<Expected, float[]> pairs = new LinkedHashMap<>();
        for (String name : GOLDEN.expectedNames()) {
            if (name.startsWith("grad")) {
                Expected expected = GOLDEN.expected(name);
                float[] values = expected.values();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= (float) factor;
                }
                pairs.put(expected, values);
            }
        }
        return pairs;
    }
}
