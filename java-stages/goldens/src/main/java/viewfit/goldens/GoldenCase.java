package viewfit.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One case of the golden manifest: its raw description plus readers for the recurring parts. It remembers which arrays were
 * looked at, so that a suite can fail a case whose check passes one over.
 */
public final class GoldenCase {
    private final Goldens goldens;
    private final JsonNode json;
    private final Set<JsonNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    GoldenCase(Goldens goldens, JsonNode json) {
        this.goldens = goldens;
        this.json = json;
    }

    public String id() {
        return json.path("id").asText();
    }

    public String type() {
        return json.path("type").asText();
    }

    public int section() {
        return json.path("section").asInt();
    }

    /** The whole description as it stands in the manifest. */
    public JsonNode json() {
        return json;
    }

    /** A member of the description; missing members fail with the name of the case. */
    public JsonNode get(String field) {
        JsonNode node = json.get(field);
        if (node == null) {
            throw new IllegalArgumentException(id() + ": no member " + field);
        }
        return node;
    }

    /** A member of {@code hyper}. */
    public JsonNode hyper(String field) {
        JsonNode node = get("hyper").get(field);
        if (node == null) {
            throw new IllegalArgumentException(id() + ": no hyper-parameter " + field);
        }
        return node;
    }

    /** Prefix of the full tensor names ({@code param_prefix}, or {@code prefix} in the tensor lists). */
    public String prefix() {
        return json.has("param_prefix")
                ? json.get("param_prefix").asText()
                : json.path("prefix").asText();
    }

    /** Values of the input {@code inputs.name}, row-major. */
    public float[] input(String name) {
        return values(inputNode(name));
    }

    /** Shape of the input {@code inputs.name}. */
    public long[] inputShape(String name) {
        return longs(inputNode(name).path("shape"));
    }

    private JsonNode inputNode(String name) {
        JsonNode node = get("inputs").get(name);
        if (node == null) {
            throw new IllegalArgumentException(id() + ": no input " + name);
        }
        return node;
    }

    /** Values of any node that describes a fill ({@code fill, shape, scale, offset}) or an image. */
    public static float[] values(JsonNode node) {
        long[] shape = longs(node.path("shape"));
        if (node.has("image")) {
            return Fill.image(
                    node.get("image").asText(),
                    shape,
                    node.path("cells").asInt(),
                    number(node.path("coarse_scale")),
                    number(node.path("noise_scale")));
        }
        if (!node.has("fill")) {
            throw new IllegalArgumentException("neither a fill nor an image: " + node);
        }
        return Fill.values(
                node.get("fill").asText(), Fill.count(shape), number(node.path("scale")), number(node.path("offset")));
    }

    /** The names below {@code expected}. */
    public List<String> expectedNames() {
        List<String> names = new ArrayList<>();
        json.path("expected").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The expected array {@code expected.name}. */
    public Expected expected(String name) {
        JsonNode node = get("expected").get(name);
        if (node == null) {
            throw new IllegalArgumentException(id() + ": no expected array " + name);
        }
        return expected(name, node);
    }

    /** An expected array that stands elsewhere in the description. */
    public Expected expected(String name, JsonNode node) {
        return new Expected(id() + " " + name, node, array(node), () -> see(node));
    }

    /** Values of any node with {@code file} and {@code key}. */
    public float[] floats(JsonNode node) {
        see(node);
        return array(node);
    }

    private float[] array(JsonNode node) {
        return goldens.npz(node.path("file").asText()).floats(node.path("key").asText());
    }

    /** Values of any node with {@code file} and {@code key} that holds int64. */
    public long[] integers(JsonNode node) {
        see(node);
        return goldens.npz(node.path("file").asText()).longs(node.path("key").asText());
    }

    /** Whether this case expects an array of this name. */
    public boolean expects(String name) {
        return json.path("expected").has(name);
    }

    /**
     * Says that an expected array is not compared, and why.
     *
     * @throws IllegalArgumentException if there is no such array, so that an excuse does not outlive its reason
     */
    public void notApplicable(String name, String reason) {
        if (!expects(name) || reason.isBlank()) {
            throw new IllegalArgumentException(id() + ": no expected array " + name + ", or no reason given");
        }
        see(get("expected").get(name));
    }

    private synchronized void see(JsonNode node) {
        seen.add(node);
    }

    /** Places of the arrays, and of everything below an {@code expected}, that nobody has looked at so far. */
    public synchronized List<String> unseen() {
        List<String> places = new ArrayList<>();
        collect("", json, false, places);
        return places;
    }

    private void collect(String place, JsonNode node, boolean due, List<String> unseen) {
        if (due || (node.has("file") && node.has("key"))) {
            if (!seen.contains(node)) {
                unseen.add(place);
            }
            return;
        }
        String below = place.isEmpty() ? "" : place + "/";
        boolean expected = place.equals("expected") || place.endsWith("/expected");
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            collect(below + member.getKey(), member.getValue(), expected, unseen);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(below + i, node.get(i), false, unseen);
        }
    }

    /** A file of the set, for example a picture that the description names. */
    public Path file(String name) {
        return goldens.file(name);
    }

    /**
     * The tensors of the network in module order. Cases that only name an {@code arch} take the list of that architecture's
     * {@code backbone_tensors} case and fill it with their own prefix.
     */
    public List<GoldenTensor> tensors() {
        if (json.has("tensors")) {
            return tensors("tensors");
        }
        return tensorsOf(get("arch").asText(), prefix());
    }

    /** The tensors of a backbone under a prefix; a set without that architecture's list takes the one that comes along. */
    public List<GoldenTensor> tensorsOf(String arch, String prefix) {
        for (Goldens set : List.of(goldens, Goldens.ssl())) {
            for (GoldenCase other : set.cases()) {
                if (other.type().equals("backbone_tensors")
                        && other.get("arch").asText().equals(arch)) {
                    return read(other.json, "tensors", prefix);
                }
            }
        }
        throw new IllegalArgumentException(id() + ": no tensor list for " + arch);
    }

    /** The tensor list in the member {@code field}, for example {@code head} of the probe cases. */
    public List<GoldenTensor> tensors(String field) {
        return read(json, field, prefix());
    }

    private static List<GoldenTensor> read(JsonNode json, String field, String prefix) {
        List<String> columns = new ArrayList<>();
        json.path("columns").forEach(c -> columns.add(c.asText()));
        if (columns.isEmpty()) {
            columns.addAll(List.of("name", "shape", "kind", "scale", "offset"));
        }
        List<GoldenTensor> tensors = new ArrayList<>();
        for (JsonNode row : json.path(field)) {
            String name = cell(row, columns, "name").asText();
            long[] shape = longs(cell(row, columns, "shape"));
            String kind = cell(row, columns, "kind").asText();
            JsonNode parameter = cell(row, columns, "is_parameter");
            JsonNode scale = cell(row, columns, "scale");
            JsonNode offset = cell(row, columns, "offset");
            tensors.add(new GoldenTensor(
                    prefix,
                    name,
                    shape,
                    kind,
                    parameter.isMissingNode() ? Kind.isParameter(kind) : parameter.asBoolean(),
                    scale.isMissingNode() ? Kind.scale(kind, shape) : number(scale),
                    offset.isMissingNode() ? Kind.offset(kind) : number(offset)));
        }
        return tensors;
    }

    private static JsonNode cell(JsonNode row, List<String> columns, String column) {
        return row.isObject() ? row.path(column) : row.path(columns.indexOf(column));
    }

    /** A number that may be written as decimal text, which the manifest uses where every bit counts. */
    public static double number(JsonNode node) {
        if (!node.isNumber() && !node.isTextual()) {
            throw new IllegalArgumentException("not a number: " + node);
        }
        return Double.parseDouble(node.asText());
    }

    /** An array of integers, for example a shape; empty for a missing node. */
    public static long[] longs(JsonNode node) {
        long[] out = new long[node.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = node.get(i).asLong();
        }
        return out;
    }

    /** An array of numbers, each possibly written as text; empty for a missing node. */
    public static double[] doubles(JsonNode node) {
        double[] out = new double[node.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = number(node.get(i));
        }
        return out;
    }

    /** An array of strings; empty for a missing node. */
    public static List<String> strings(JsonNode node) {
        List<String> out = new ArrayList<>();
        node.forEach(n -> out.add(n.asText()));
        return out;
    }

    @Override
    public String toString() {
        return id();
    }
}
