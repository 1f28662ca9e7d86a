package viewfit.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import viewfit.graph.Parameter;

/**
 * Where each parameter of a network lies in one flat buffer: first the body, then the tail (tensors that can be frozen
 * for the first epochs, such as a last layer), then what no optimiser touches. So "everything that trains now" is one part of a
 * list. Inside body and tail: weights, depth-wise weights, vectors.
 *
 * <p>Convolution weights lie as [out, kh, kw, in], which is channels-last memory.
 */
final class Layout {
    /** 16 floats: each tensor starts on a cache line, as oneDNN likes it. The gaps hold zeros for ever. */
    private static final int ALIGNMENT = 16;

    /** One parameter in the flat buffer. */
    record Segment(Parameter parameter, int offset) {
        int end() {
            return offset + parameter.size();
        }
    }

    private final List<Segment> segments = new ArrayList<>();
    private final Map<String, Segment> byName = new HashMap<>();
    private final int size;
    private final int bodyCount;
    private final int trainableCount;

    Layout(List<Parameter> parameters, Predicate<String> freezable) {
        Comparator<Parameter> order =
                Comparator.comparingInt((Parameter p) -> region(p, freezable)).thenComparingInt(Layout::group);
        int offset = 0;
        int[] counts = new int[3];
        for (Parameter p : parameters.stream().sorted(order).toList()) {
            Segment segment = new Segment(p, offset);
            segments.add(segment);
            byName.put(p.name(), segment);
            offset = (segment.end() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            for (int r = region(p, freezable); r < 3; r++) {
                counts[r]++;
            }
        }
        size = offset;
        bodyCount = counts[0];
        trainableCount = counts[1];
    }

    private static int region(Parameter p, Predicate<String> freezable) {
        return !p.trainable() ? 2 : freezable.test(p.name()) ? 1 : 0;
    }

    private static int group(Parameter p) {
        return p.vector() ? 2 : p.depthwise() ? 1 : 0;
    }

    List<Segment> segments() {
        return segments;
    }

    Segment segment(String name) {
        Segment segment = byName.get(name);
        if (segment == null) {
            throw new IllegalArgumentException("no parameter '" + name + "'");
        }
        return segment;
    }

    int size() {
        return size;
    }

    int bodyCount() {
        return bodyCount;
    }

    int trainableCount() {
        return trainableCount;
    }

    /** TorchScript expression of one segment of the flat tensor {@code F} as a tensor of the parameter's shape. */
    static String view(Segment s) {
        List<Integer> shape = s.parameter().shape();
        return "torch.detach(torch.as_strided(F, %s, %s, %d))".formatted(shape, strides(shape), s.offset());
    }

    /** Strides of the trainable tensors in their order, as a list of lists. */
    String strides() {
        return segments.subList(0, trainableCount).stream()
                .map(s -> strides(s.parameter().shape()))
                .toList()
                .toString();
    }

    /** Row-major, but four axes lie in channels-last order. */
    private static List<Integer> strides(List<Integer> shape) {
        if (shape.size() == 4) {
            int in = shape.get(1);
            int row = shape.get(3) * in;
            return List.of(shape.get(2) * row, 1, row, in);
        }
        Integer[] strides = new Integer[shape.size()];
        int stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.get(i);
        }
        return List.of(strides);
    }

    /** Function {@code carve(F)}: all segments as views of one flat buffer. */
    String carve() {
        return segments.stream()
                .map(Layout::view)
                .collect(Collectors.joining(
                        ",\n    ",
                        "def carve(self, F: Tensor) -> List[Tensor]:\n  torch.set_grad_enabled(False)\n  return [",
                        "]\n"));
    }
}
