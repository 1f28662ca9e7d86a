package viewfit.core.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record as a tree of kebab-case keys, components in their order. */
public final class RecordTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordTree() {}

    /** The tree of one record. */
    public static ObjectNode of(Record value) {
        ObjectNode node = NODES.objectNode();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            node.set(Keys.kebab(component.getName()), node(get(value, component)));
        }
        return node;
    }

    /** The tree of one recipe value: record, enum, list, map, text, number, truth value, or nothing. */
    public static JsonNode node(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Alpha alpha) {
            return alpha.unweighted() ? NODES.textNode(Alpha.UNWEIGHTED) : NODES.numberNode(alpha.value());
        }
        if (value instanceof Record each) {
            return of(each);
        }
        if (value instanceof Enum<?> each) {
            return NODES.textNode(Keys.word(each));
        }
        if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(each -> array.add(node(each)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, each) -> object.set(String.valueOf(key), node(each)));
            return object;
        }
        if (value instanceof Integer || value instanceof Long) {
            return NODES.numberNode(((Number) value).longValue());
        }
        if (value instanceof Double each) {
            return NODES.numberNode(each);
        }
        if (value instanceof Boolean each) {
            return NODES.booleanNode(each);
        }
        if (value instanceof String each) {
            return NODES.textNode(each);
        }
        throw new IllegalArgumentException(value.getClass() + ": not a type recipes are made of");
    }

    private static @Nullable Object get(Record value, RecordComponent component) {
        Method accessor = component.getAccessor();
        try {
            return accessor.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the accessor of a public record component cannot fail", e);
        }
    }
}
