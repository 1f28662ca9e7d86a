package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** The comparison of published configurations with recipe files bites at every key. */
class PublishedValuesTest {
    private static final List<JsonNode> PUBLISHED = Goldens.ssl().cases("recipe").stream()
            .map(GoldenCase::json)
            .map(json -> json.get("values"))
            .toList();

    private static PretrainRecipe equalTo(JsonNode values) {
        return RecipeGoldens.candidates(values).values().stream()
                .filter(recipe -> PublishedValues.differences(values, recipe).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyChangedValueIsADifference() {
        Set<String> silent = new TreeSet<>();
        for (JsonNode values : PUBLISHED) {
            PretrainRecipe recipe = equalTo(values);
            Set<String> excused = PublishedValues.notApplicable(values, recipe).keySet();
            for (String key : PublishedValues.flat("", values).keySet()) {
                ObjectNode other = values.deepCopy();
                ObjectNode owner = key.startsWith("head.") ? (ObjectNode) other.get("head") : other;
                String name = key.substring(key.indexOf('.') + 1);
                owner.set(name, changed(owner.get(name)));
                List<String> lines = PublishedValues.differences(other, recipe);
                if (excused.contains(key)) {
                    assertEquals(List.of(), lines);
                    silent.add(recipe.optimizer().name() + " " + key);
                } else {
                    assertTrue(lines.stream().anyMatch(line -> line.startsWith(key + " is ")), key + ": " + lines);
                }
            }
        }
        assertEquals(Set.of("adamw lars_exclude_bias", "adamw lars_exclude_dw", "adamw sgd_momentum"), silent);
    }

    private static JsonNode changed(JsonNode node) {
        if (node.isArray()) {
            ArrayNode list = node.deepCopy();
            list.set(list.size() - 1, changed(list.get(list.size() - 1)));
            return list;
        }
        ObjectNode holder = JsonNodeFactory.instance.objectNode();
        if (node.isBoolean()) {
            return holder.put("v", !node.asBoolean()).get("v");
        }
        return node.isNumber()
                ? holder.put("v", node.asDouble() == 0 ? 1 : node.asDouble() * 1.001)
                        .get("v")
                : TextNode.valueOf(node.asText() + "x");
    }

    @Test
    void anUnknownKeyIsRefused() {
        for (JsonNode values : PUBLISHED) {
            PretrainRecipe recipe = equalTo(values);
            ObjectNode more = values.deepCopy();
            more.set("momentum_of_tomorrow", IntNode.valueOf(1));
            assertThrows(AssertionError.class, () -> PublishedValues.differences(more, recipe));
            ObjectNode inside = values.deepCopy();
            ((ObjectNode) inside.get("head")).put("dropout", 0);
            assertThrows(AssertionError.class, () -> PublishedValues.differences(inside, recipe));
        }
    }

    @Test
    void viewsThatDifferAmongThemselvesEqualNothing() {
        for (JsonNode values : PUBLISHED) {
            PretrainRecipe recipe = equalTo(values);
            String text = Recipes.toYaml(recipe);
            int last = text.lastIndexOf("flip: 0.5");
            String flipped = text.substring(0, last) + "flip: 0.4" + text.substring(last + "flip: 0.5".length());
            PretrainRecipe uneven = Recipes.parse(flipped, "uneven", PretrainRecipe.class);
            assertEquals(
                    List.of("flip_prob is [0.5,0.4], published is 0.5"), PublishedValues.differences(values, uneven));
        }
    }

    @Test
    void aConfigurationWithoutItsFileNamesTheClosest() {
        ObjectNode values = PUBLISHED.get(0).deepCopy();
        values.put("epochs", 201);
        AssertionError e = assertThrows(AssertionError.class, () -> RecipeGoldens.hasItsFile(values));
        assertTrue(e.getMessage().endsWith("yml, but epochs is 200, published is 201"), e.getMessage());
        values.put("default_arch", "vgg");
        assertThrows(AssertionError.class, () -> RecipeGoldens.hasItsFile(values));
        assertFalse(PUBLISHED.isEmpty());
    }
}
