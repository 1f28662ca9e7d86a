package viewfit.stages.cocoexport;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.formats.DType;
import viewfit.formats.Tensor;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;

/** Type and shape each tensor of a backbone must have: parameters, statistics and counters in module order. */
record BackboneForm(Map<String, Form> forms) {
    private static final String COUNTER = ".num_batches_tracked";
    private static final String VARIANCE = ".running_var";

    /** Type and shape of one tensor. */
    record Form(DType dtype, List<Integer> shape) {
        boolean fits(Tensor tensor) {
            long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
            return tensor.dtype() == dtype && Arrays.equals(tensor.shape(), sizes);
        }

        @Override
        public String toString() {
            return dtype + " " + shape;
        }
    }

    static BackboneForm of(Graph graph) {
        Map<String, Form> forms = new LinkedHashMap<>();
        for (Parameter p : graph.state()) {
            forms.put(p.name(), new Form(DType.F32, p.shape()));
            if (p.name().endsWith(VARIANCE)) {
                String norm = p.name().substring(0, p.name().length() - VARIANCE.length());
                forms.put(norm + COUNTER, new Form(DType.I64, List.of()));
            }
        }
        return new BackboneForm(forms);
    }

    /** Names in module order. */
    List<String> names() {
        return List.copyOf(forms.keySet());
    }
}
