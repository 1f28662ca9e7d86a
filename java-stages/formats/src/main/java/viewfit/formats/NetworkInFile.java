package viewfit.formats;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.formats.BackboneWeights.Which;
import viewfit.formats.WrappedName.Side;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;

/** One of the networks in a file: the tensors that share a dictionary and a prefix, under the names of a graph. */
final class NetworkInFile {
    /** Modules that follow a backbone: classifiers, projections, prototypes. */
    private static final Set<String> HEADS = Set.of(
            "fc",
            "classifier",
            "head",
            "heads",
            "projection",
            "projection_head",
            "projector",
            "predictor",
            "prototypes");

    private final WeightFile file;
    private final String dictionary;
    private final String prefix;
    private final Side side;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Set<String> expected = new HashSet<>();

    private NetworkInFile(WeightFile file, String dictionary, WrappedName like, Graph graph) {
        this.file = file;
        this.dictionary = dictionary;
        this.prefix = like.prefix();
        this.side = side(dictionary, like.side());
        graph.state().forEach(p -> expected.add(p.name()));
        expected.addAll(BackboneWeights.counters(graph));
    }

    /** A dictionary may say whose it is, as in DINO's own checkpoints. */
    private static Side side(String dictionary, Side said) {
        return switch (dictionary) {
            case "student" -> Side.STUDENT;
            case "teacher" -> Side.TEACHER;
            default -> said;
        };
    }

    /**
     * The network that is meant: of those on the asked side, the one with most tensors of the graph.
     *
     * @throws StageFailure BAD_DATA if there is none or if two fit equally
     */
    static NetworkInFile find(WeightFile file, Graph graph, Which which) {
        List<NetworkInFile> all = all(file, graph);
        List<NetworkInFile> fitting = all.stream().filter(n -> n.matches() > 0).toList();
        if (fitting.isEmpty()) {
            List<String> found =
                    all.stream().flatMap(n -> n.names.values().stream()).toList();
            throw Malformed.in(
                    file.file(),
                    "",
                    "no tensor of " + graph.name() + " among " + found.size() + " (" + BackboneWeights.first(found)
                            + ")",
                    BackboneWeights.first(
                            graph.state().stream().map(Parameter::name).toList()));
        }
        for (Side side : sides(which)) {
            NetworkInFile best = best(fitting, side);
            if (best != null) {
                return best;
            }
        }
        throw Malformed.in(
                file.file(),
                "",
                "only "
                        + String.join(
                                ", ",
                                fitting.stream().map(NetworkInFile::toString).toList()),
                "a " + which + " network");
    }

    private static List<Side> sides(Which which) {
        return switch (which) {
            case DEFAULT -> List.of(Side.STUDENT, Side.SINGLE, Side.TEACHER);
            case STUDENT -> List.of(Side.STUDENT, Side.SINGLE);
            case TEACHER -> List.of(Side.TEACHER);
        };
    }

    private static List<NetworkInFile> all(WeightFile file, Graph graph) {
        List<NetworkInFile> all = new ArrayList<>();
        for (String dictionary : file.dictionaries()) {
            Map<String, NetworkInFile> byPrefix = new LinkedHashMap<>();
            for (String full : file.names(dictionary)) {
                WrappedName name = WrappedName.of(full);
                byPrefix.computeIfAbsent(name.prefix(), p -> new NetworkInFile(file, dictionary, name, graph))
                        .add(BackboneNames.of(graph.name(), name.name()), full);
            }
            all.addAll(byPrefix.values());
        }
        return all;
    }

    private void add(String name, String full) {
        String other = names.put(name, full);
        if (other != null) {
            throw Malformed.in(
                    file.file(),
                    "",
                    Malformed.shown(other) + " and " + Malformed.shown(full),
                    "one tensor for " + Malformed.shown(name));
        }
    }

    private static @Nullable NetworkInFile best(List<NetworkInFile> fitting, Side side) {
        List<NetworkInFile> ranked = fitting.stream()
                .filter(n -> n.side == side)
                .sorted(Comparator.comparingLong(NetworkInFile::matches).reversed())
                .toList();
        if (ranked.size() > 1 && ranked.get(0).matches() == ranked.get(1).matches()) {
            throw Malformed.in(
                    ranked.get(0).file.file(), "", ranked.get(0) + " and " + ranked.get(1), "one network of each kind");
        }
        return ranked.isEmpty() ? null : ranked.get(0);
    }

    private long matches() {
        return names.keySet().stream().filter(expected::contains).count();
    }

    String dictionary() {
        return dictionary;
    }

    String prefix() {
        return prefix;
    }

    /** Where it stands, for messages. */
    String place() {
        return (dictionary.isEmpty() ? "" : dictionary + ": ") + prefix;
    }

    boolean has(String name) {
        return names.containsKey(name);
    }

    /** A tensor under the graph's name. */
    Tensor tensor(String name) {
        String full = names.get(name);
        if (full == null) {
            throw new IllegalArgumentException(name + ": not in this network");
        }
        return file.tensor(dictionary, full).renamed(name);
    }

    /** Names of the file in this network that are neither expected nor those of a head. */
    List<String> unknown() {
        return names.entrySet().stream()
                .filter(e -> !expected.contains(e.getKey()) && !isHead(e.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean isHead(String name) {
        int dot = name.indexOf('.');
        return dot > 0 && HEADS.contains(name.substring(0, dot));
    }

    /** All names of the file but those taken; names of other dictionaries with the dictionary in front. */
    List<String> others(Collection<String> taken, Collection<String> alsoTaken) {
        Set<String> here = new LinkedHashSet<>(file.names(dictionary));
        taken.forEach(name -> here.remove(names.get(name)));
        alsoTaken.forEach(name -> here.remove(names.get(name)));
        List<String> others = new ArrayList<>(here);
        for (String other : file.dictionaries()) {
            if (!other.equals(dictionary)) {
                file.names(other).forEach(name -> others.add(other + "." + name));
            }
        }
        return others;
    }

    @Override
    public String toString() {
        return side + (place().isEmpty() ? "" : " '" + Malformed.shown(place()) + "'");
    }
}
