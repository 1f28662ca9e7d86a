package viewfit.core.table;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text fields to record and back, by the record's components. */
final class RowCodec<R extends Record> {
    private final RecordComponent[] components;
    private final Constructor<R> constructor;
    private final List<String> columns;

    RowCodec(Class<R> type) {
        components = type.getRecordComponents();
        columns = Arrays.stream(components).map(c -> snake(c.getName())).toList();
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type + ": must be a public record", e);
        }
    }

    List<String> columns() {
        return columns;
    }

    List<String> format(R row) {
        List<String> fields = new ArrayList<>(components.length);
        for (RecordComponent component : components) {
            fields.add(String.valueOf(value(row, component)));
        }
        return fields;
    }

    /** The numbers of a row by column, in order. */
    Map<String, Double> numbers(R row) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (int i = 0; i < components.length; i++) {
            if (value(row, components[i]) instanceof Number number) {
                numbers.put(columns.get(i), number.doubleValue());
            }
        }
        return numbers;
    }

    private static Object value(Record row, RecordComponent component) {
        try {
            return component.getAccessor().invoke(row);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the accessor of a public record component cannot fail", e);
        }
    }

    R parse(List<String> fields, String where) {
        if (fields.size() != components.length) {
            throw CsvTable.bad(where, fields.size() + " fields", "must be " + components.length + ": " + columns);
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(fields.get(i), components[i].getType(), where + ": " + columns.get(i));
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException found) {
                throw CsvTable.bad(where, String.valueOf(found.getMessage()), "must be a valid row");
            }
            throw new IllegalStateException(where + ": the row's constructor failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the constructor of a public record can be called", e);
        }
    }

    private static Object value(String text, Class<?> type, String where) {
        try {
            if (type == String.class) {
                return text;
            }
            if (type == int.class) {
                return Integer.valueOf(text);
            }
            if (type == long.class) {
                return Long.valueOf(text);
            }
            if (type == double.class) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            throw CsvTable.bad(
                    where, "'" + text + "'", type == double.class ? "must be a number" : "must be a whole number");
        }
        if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        }
        throw CsvTable.bad(where, "'" + text + "'", "must be a " + type.getSimpleName());
    }

    /** {@code dataWaitShare} to {@code data_wait_share}; digits stay with the word they follow. */
    static String snake(String component) {
        return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
