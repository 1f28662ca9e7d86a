package viewfit.formats;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import viewfit.core.contract.StageFailure;

/** Holds the tensors of one file of an export to those of {@code model.safetensors}. */
final class SameTensors {
    private SameTensors() {}

    /**
     * Names, types, shapes and all bits agree; order is not looked at.
     *
     * @throws StageFailure BAD_DATA naming what is missing, too much, or the first tensor that differs
     */
    static void require(Path file, Map<String, Tensor> found, Collection<Tensor> expected) {
        Set<String> names = expected.stream().map(Tensor::name).collect(Collectors.toSet());
        List<String> missing = expected.stream()
                .map(Tensor::name)
                .filter(n -> !found.containsKey(n))
                .toList();
        Set<String> more = new HashSet<>(found.keySet());
        more.removeAll(names);
        if (!missing.isEmpty() || !more.isEmpty()) {
            throw Malformed.in(
                    file,
                    "",
                    found.size() + " tensors, " + missing.size() + " missing ("
                            + BackboneWeights.first(missing) + "), "
                            + more.size() + " unknown ("
                            + BackboneWeights.first(more.stream().sorted().toList()) + ")",
                    "the " + names.size() + " of " + ExportBundle.MODEL);
        }
        for (Tensor tensor : expected) {
            Tensor actual = found.get(tensor.name());
            if (actual == null || !actual.sameContent(tensor)) {
                throw Malformed.in(
                        file, "", tensor.name() + " with other content", "the tensor of " + ExportBundle.MODEL);
            }
        }
    }
}
