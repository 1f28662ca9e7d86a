package viewfit.coco;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * What is compared with what: the objects and detections of one class in one image, or with proposals those of all classes in one
 * image. Ordered by class, then by image; within a group as in the files, with proposals by class first.
 */
final class Groups {
    private static final int INDEX_BITS = 31;
    private static final long INDEX = (1L << INDEX_BITS) - 1;

    private final long[] objects;
    private final long[] detections;
    private final int[][] groups;

    private Groups(long[] objects, long[] detections, int[][] groups) {
        this.objects = objects;
        this.detections = detections;
        this.groups = groups;
    }

    /**
     * Groups everything.
     *
     * @param categories by ascending identifier
     * @throws StageFailure {@link ExitCode#BAD_DATA} if a detection is of an unknown image, or, where rules are safe, class
     */
    static Groups of(
            Annotations annotations, Results results, List<Category> categories, boolean proposals, Rules rules) {
        Map<Long, Integer> imageOf = new HashMap<>();
        for (Picture picture : annotations.pictures()) {
            imageOf.put(picture.id(), imageOf.size());
        }
        Keys keys = new Keys(categories, imageOf.size(), proposals);
        List<Annotation> truth = annotations.objects();
        long[] objects = keys.sorted(truth.size(), i -> truth.get(i).category(), i -> {
            Integer image = imageOf.get(truth.get(i).image());
            return image == null ? -1 : image;
        });
        List<Detection> found = results.detections();
        for (Detection each : found) {
            if (!imageOf.containsKey(each.image())) {
                throw unknown(results, each, "image_id", each.image(), "images");
            }
            if (rules == Rules.SAFE && !keys.knows(each.category())) {
                throw unknown(results, each, "category_id", each.category(), "categories");
            }
        }
        long[] detections = keys.sorted(
                found.size(),
                i -> found.get(i).category(),
                i -> imageOf.getOrDefault(found.get(i).image(), -1));
        return new Groups(objects, detections, keys.groups(objects, detections));
    }

    private static StageFailure unknown(Results results, Detection detection, String field, long id, String list) {
        return new StageFailure(
                ExitCode.BAD_DATA,
                results.file() + ": [" + detection.place() + "]." + field + ": found " + id
                        + ": must be the id of one of the " + list + " of the annotations");
    }

    int count() {
        return groups.length;
    }

    /** Index of its class. */
    int category(int group) {
        return groups[group][0];
    }

    /** Index of its image. */
    int image(int group) {
        return groups[group][1];
    }

    /** Indexes of its true objects. */
    int[] objects(int group) {
        return indexes(objects, groups[group][2], groups[group][3]);
    }

    /** Indexes of its detections. */
    int[] detections(int group) {
        return indexes(detections, groups[group][4], groups[group][5]);
    }

    private static int[] indexes(long[] keys, int from, int to) {
        int[] indexes = new int[to - from];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = (int) (keys[from + i] & INDEX);
        }
        return indexes;
    }

    /** Sorts by a key of class and image and the index, in one number. */
    private static final class Keys {
        private final Map<Long, int[]> places = new HashMap<>();
        private final int images;
        private final int classes;
        private final boolean proposals;

        Keys(List<Category> categories, int images, boolean proposals) {
            this.images = images;
            this.classes = categories.size();
            this.proposals = proposals;
            if ((long) images * classes >= 1L << (Long.SIZE - 1 - INDEX_BITS)) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        "annotations: found " + images + " images and " + classes
                                + " categories: their product must be below 2^32");
            }
            for (int i = 0; i < classes; i++) {
                places.merge(categories.get(i).id(), new int[] {i}, Keys::joined);
            }
        }

        private static int[] joined(int[] some, int[] more) {
            int[] all = Arrays.copyOf(some, some.length + more.length);
            System.arraycopy(more, 0, all, some.length, more.length);
            return all;
        }

        boolean knows(long category) {
            return places.containsKey(category);
        }

        /** Keys of those whose class and image are known. */
        long[] sorted(int count, IntToLongFunction category, IntToLongFunction image) {
            long[] keys = new long[count];
            int used = 0;
            for (int i = 0; i < count; i++) {
                int[] classesOf = places.get(category.applyAsLong(i));
                long at = image.applyAsLong(i);
                if (classesOf == null || at < 0) {
                    continue;
                }
                for (int each : classesOf) {
                    if (used == keys.length) {
                        keys = Arrays.copyOf(keys, 2 * used);
                    }
                    long key = proposals ? at * classes + each : (long) each * images + at;
                    keys[used++] = key << INDEX_BITS | i;
                }
            }
            keys = Arrays.copyOf(keys, used);
            Arrays.sort(keys);
            return keys;
        }

        private long group(long key) {
            return proposals ? (key >>> INDEX_BITS) / classes : key >>> INDEX_BITS;
        }

        int[][] groups(long[] objects, long[] detections) {
            int[][] groups = new int[16][];
            int count = 0;
            int i = 0;
            int j = 0;
            while (i < objects.length || j < detections.length) {
                long first = i < objects.length ? group(objects[i]) : Long.MAX_VALUE;
                long group = j < detections.length ? Math.min(first, group(detections[j])) : first;
                int objectsFrom = i;
                int detectionsFrom = j;
                while (i < objects.length && group(objects[i]) == group) {
                    i++;
                }
                while (j < detections.length && group(detections[j]) == group) {
                    j++;
                }
                if (count == groups.length) {
                    groups = Arrays.copyOf(groups, 2 * count);
                }
                int category = proposals ? 0 : (int) (group / images);
                int image = (int) (proposals ? group : group % images);
                groups[count++] = new int[] {category, image, objectsFrom, i, detectionsFrom, j};
            }
            return Arrays.copyOf(groups, count);
        }
    }
}
