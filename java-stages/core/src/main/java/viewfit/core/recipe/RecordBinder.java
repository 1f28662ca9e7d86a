package viewfit.core.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns a tree into records and keeps going after a problem, so that one run of a stage shows everything that is wrong
 * with a recipe. A null result means that a problem was added.
 */
final class RecordBinder {
    private final List<String> problems;

    private RecordBinder(List<String> problems) {
        this.problems = problems;
    }

    static <T extends Record> @Nullable T bind(JsonNode tree, Class<T> type, List<String> problems) {
        return type.cast(new RecordBinder(problems).record(tree, type, ""));
    }

    private @Nullable Object record(JsonNode node, Class<?> type, String path) {
        if (!node.isObject()) {
            return wrong(path, node, "must be a mapping with the keys " + String.join(", ", keys(type)));
        }
        int before = problems.size();
        List<String> keys = keys(type);
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!keys.contains(name)) {
                unknown(path, name, keys, node);
            }
        }
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = keys.get(i);
            String at = join(path, key);
            JsonNode child = node.get(key);
            if (child == null) {
                problems.add(at + ": missing: must be given" + keysOf(components[i].getType())
                        + ", recipes have no defaults");
                continue;
            }
            if (child.isNull() && components[i].getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                continue;
            }
            Deferred deferred = components[i].getAnnotation(Deferred.class);
            if (deferred != null && child.isTextual() && child.textValue().equals(deferred.word())) {
                problems.add(at + ": found " + deferred.word() + ": must be a number here: " + deferred.to()
                        + ", puts it in its place");
                continue;
            }
            Object value = value(child, components[i].getGenericType(), at);
            if (value != null) {
                values[i] = value;
                Rules.problems(components[i], value).forEach(p -> problems.add(at + ": " + p));
            }
        }
        return problems.size() > before ? null : construct(type, components, values, path);
    }

    private @Nullable Object construct(Class<?> type, RecordComponent[] components, Object[] values, String path) {
        Class<?>[] parameters =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RecipeProblems found) {
                found.problems().forEach(p -> problems.add(join(path, p)));
                return null;
            }
            if (e.getCause() instanceof IllegalArgumentException found) {
                problems.add(join(path, String.valueOf(found.getMessage())));
                return null;
            }
            throw new IllegalStateException("the constructor of " + type + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no usable canonical constructor", e);
        }
    }

    private @Nullable Object value(JsonNode node, Type type, String path) {
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            return parameterized.getRawType() == List.class
                    ? list(node, arguments[0], path)
                    : map(node, arguments[1], path);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == Alpha.class) {
            return alpha(node, path);
        }
        if (raw.isRecord()) {
            return record(node, raw, path);
        }
        if (raw.isSealed()) {
            return variant(node, raw, path);
        }
        if (raw.isEnum()) {
            return constant(node, raw, path);
        }
        return raw == Object.class ? anything(node, path) : scalar(node, raw, path);
    }

    /** The one record that is written as a scalar: a number or a word. */
    private @Nullable Object alpha(JsonNode node, String path) {
        if (node.isTextual() && node.textValue().equals(Alpha.UNWEIGHTED)) {
            return Alpha.equalPairs();
        }
        boolean fits = node.isNumber() && node.doubleValue() >= 0 && node.doubleValue() <= 1;
        return fits
                ? Alpha.of(node.doubleValue())
                : wrong(path, node, "must be >= 0 and <= 1, or the word " + Alpha.UNWEIGHTED);
    }

    private @Nullable Object scalar(JsonNode node, Class<?> raw, String path) {
        if (raw == String.class) {
            return node.isTextual() ? node.textValue() : wrong(path, node, "must be text");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return node.isBoolean() ? node.booleanValue() : wrong(path, node, "must be true or false");
        }
        if (raw == double.class || raw == Double.class) {
            return node.isNumber() ? node.doubleValue() : wrong(path, node, "must be a number");
        }
        if (raw == int.class || raw == Integer.class) {
            boolean fits = node.isIntegralNumber() && node.canConvertToInt();
            return fits ? node.intValue() : wrong(path, node, "must be a whole number of 32 bits");
        }
        if (raw == long.class || raw == Long.class) {
            boolean fits = node.isIntegralNumber() && node.canConvertToLong();
            return fits ? node.longValue() : wrong(path, node, "must be a whole number of 64 bits");
        }
        throw new IllegalStateException(path + ": " + raw + " is not a type recipes are made of");
    }

    private @Nullable Object list(JsonNode node, Type element, String path) {
        if (!node.isArray()) {
            return wrong(path, node, "must be a list");
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            Object value = value(node.get(i), element, path + "[" + i + "]");
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == node.size() ? values : null;
    }

    private @Nullable Object map(JsonNode node, Type element, String path) {
        if (!node.isObject()) {
            return wrong(path, node, "must be a mapping");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            Object value = value(entry.getValue(), element, join(path, entry.getKey()));
            if (value != null) {
                values.put(entry.getKey(), value);
            }
        }
        return values.size() == node.size() ? values : null;
    }

    /** The variant of a sealed type is chosen by its key {@code name}, or as {@link ChosenBy} says. */
    private @Nullable Object variant(JsonNode node, Class<?> sealed, String path) {
        Map<String, Class<?>> variants = variants(sealed);
        String allowed = String.join(", ", variants.keySet());
        ChosenBy chosen = sealed.getAnnotation(ChosenBy.class);
        String key = chosen == null ? "name" : chosen.value();
        if (key.equals(ChosenBy.OWN_KEY)) {
            List<String> own = variants.keySet().stream().filter(node::has).toList();
            return own.size() == 1
                    ? record(node, variants.getOrDefault(own.get(0), sealed), path)
                    : wrong(path, node, "must be a mapping with one of the keys " + allowed);
        }
        if (!node.isObject()) {
            return wrong(path, node, "must be a mapping whose " + key + " is one of " + allowed);
        }
        JsonNode name = node.get(key);
        Class<?> variant = name == null || !name.isTextual() ? null : variants.get(name.textValue());
        if (variant != null) {
            return record(node, variant, path);
        }
        if (name == null) {
            problems.add(join(path, key) + ": missing: must be one of " + allowed);
            return null;
        }
        return wrong(join(path, key), name, "must be one of " + allowed);
    }

    private @Nullable Object constant(JsonNode node, Class<?> raw, String path) {
        List<String> words = new ArrayList<>();
        for (Object each : raw.getEnumConstants()) {
            String word = Keys.word((Enum<?>) each);
            words.add(word);
            if (node.isTextual() && word.equals(node.textValue())) {
                return each;
            }
        }
        return wrong(path, node, "must be one of " + String.join(", ", words));
    }

    private @Nullable Object anything(JsonNode node, String path) {
        if (node.isArray()) {
            return list(node, Object.class, path);
        }
        if (node.isObject()) {
            return map(node, Object.class, path);
        }
        if (node.isTextual() || node.isBoolean()) {
            return node.isTextual() ? node.textValue() : (Object) node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        return node.isFloatingPointNumber() ? node.doubleValue() : wrong(path, node, "must be a plain value");
    }

    private void unknown(String path, String name, List<String> keys, JsonNode node) {
        // A key that is there already cannot be what the typo meant.
        String meant =
                Spelling.nearest(name, keys.stream().filter(k -> !node.has(k)).toList());
        String hint = meant == null ? "" : "did you mean '" + meant + "'? ";
        problems.add(join(path, name) + ": unknown key: " + hint + "allowed are " + String.join(", ", keys));
    }

    private @Nullable Object wrong(String path, JsonNode node, String allowed) {
        problems.add((path.isEmpty() ? "" : path + ": ") + "found " + describe(node) + ": " + allowed);
        return null;
    }

    private static String describe(JsonNode node) {
        if (node.isObject()) {
            return "a mapping";
        }
        if (node.isArray()) {
            return "a list";
        }
        if (node.isNull()) {
            return "nothing (null)";
        }
        return node.isTextual() ? "the text '" + node.textValue() + "'" : node.asText();
    }

    private static String keysOf(Class<?> type) {
        return type.isRecord() && type != Alpha.class ? " with the keys " + String.join(", ", keys(type)) : "";
    }

    static List<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(c -> Keys.kebab(c.getName()))
                .toList();
    }

    private static Map<String, Class<?>> variants(Class<?> sealed) {
        Map<String, Class<?>> variants = new LinkedHashMap<>();
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            variants.put(each.getSimpleName().replace("Recipe", "").toLowerCase(Locale.ROOT), each);
        }
        return variants;
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
