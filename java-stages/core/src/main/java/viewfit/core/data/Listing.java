package viewfit.core.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * What a layout says about its images before any of them is opened.
 *
 * @param classes of the training images; none for images without labels
 * @param train images to divide, in byte-wise path order
 * @param val images of the validation set, in the same order; none without one
 */
record Listing(Classes classes, List<Entry> train, List<Entry> val) {
    private static final int MOST_CLASSES = 10_000_000;

    Listing {
        train = sorted(train);
        val = sorted(val);
    }

    /**
     * One image.
     *
     * @param path below the root of the images
     * @param label class index, or -1
     */
    record Entry(String path, int label) {}

    /**
     * An image with its label as it is written.
     *
     * @param where what messages call the place that says so
     * @param label a class number, a class name, or null without one
     */
    record Written(String path, @Nullable String label, String where) {}

    /**
     * Turns written labels into class indices: numbers are the indices themselves if all labels are numbers; otherwise labels are
     * names, in byte-wise order.
     *
     * @param root what messages call the data set
     * @throws StageFailure BAD_DATA without images, if only some have a label, if a class has no training image or one of the
     *     validation set is not in train, or if a path occurs twice
     */
    static Listing of(Path root, List<Written> train, List<Written> val) {
        if (train.isEmpty()) {
            throw bad(root.toString(), "no images", "must hold images to train on");
        }
        requireOnce(train, val);
        boolean labelled = train.get(0).label() != null;
        for (List<Written> part : List.of(train, val)) {
            for (Written image : part) {
                if ((image.label() != null) != labelled) {
                    throw bad(
                            image.where(),
                            labelled ? "no label" : "a label, while others have none",
                            "must be one for every image or for none");
                }
            }
        }
        if (!labelled) {
            return new Listing(new Classes(List.of()), plain(train), plain(val));
        }
        boolean numbers = allNumbers(train) && allNumbers(val);
        List<String> names = numbers ? numbered(root, train) : named(train);
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            indices.put(names.get(i), i);
        }
        return new Listing(new Classes(names), entries(train, indices, numbers), entries(val, indices, numbers));
    }

    private static List<Entry> sorted(List<Entry> entries) {
        return entries.stream()
                .sorted((a, b) -> ByteOrder.TEXT.compare(a.path(), b.path()))
                .toList();
    }

    private static void requireOnce(List<Written> train, List<Written> val) {
        Map<String, String> seen = new HashMap<>();
        for (List<Written> part : List.of(train, val)) {
            for (Written image : part) {
                String first = seen.put(image.path(), image.where());
                if (first != null) {
                    throw bad(image.where(), image.path() + " again", "must be listed once, as by " + first);
                }
            }
        }
    }

    private static List<Entry> plain(List<Written> images) {
        return images.stream().map(image -> new Entry(image.path(), -1)).toList();
    }

    private static boolean allNumbers(List<Written> images) {
        return images.stream().allMatch(image -> text(image).matches("-?[0-9]+"));
    }

    private static String text(Written image) {
        String label = image.label();
        return label == null ? "" : label;
    }

    private static int number(Written image) {
        String label = text(image);
        int number = label.length() > 8 ? MOST_CLASSES : Integer.parseInt(label);
        if (number < 0 || number >= MOST_CLASSES) {
            throw bad(image.where(), "label " + label, "must be a class name or a number from 0 on");
        }
        return number;
    }

    private static List<String> numbered(Path root, List<Written> train) {
        TreeSet<Integer> numbers = new TreeSet<>();
        train.forEach(image -> numbers.add(number(image)));
        List<String> names = new ArrayList<>();
        for (int number : numbers) {
            if (number != names.size()) {
                throw bad(
                        root.toString(),
                        "no training image of class " + names.size() + ", but of class " + number,
                        "must be one of every class, counted from 0");
            }
            names.add(Integer.toString(number));
        }
        return names;
    }

    private static List<String> named(List<Written> train) {
        TreeSet<String> names = new TreeSet<>(ByteOrder.TEXT);
        train.forEach(image -> names.add(text(image)));
        return List.copyOf(names);
    }

    private static List<Entry> entries(List<Written> images, Map<String, Integer> indices, boolean numbers) {
        List<Entry> entries = new ArrayList<>();
        for (Written image : images) {
            String name = numbers ? Integer.toString(number(image)) : text(image);
            Integer index = indices.get(name);
            if (index == null) {
                throw bad(
                        image.where(),
                        "class " + name + ", which train does not have",
                        "must be one of its " + indices.size() + " classes");
            }
            entries.add(new Entry(image.path(), index));
        }
        return entries;
    }

    static StageFailure bad(String where, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": " + allowed);
    }
}
