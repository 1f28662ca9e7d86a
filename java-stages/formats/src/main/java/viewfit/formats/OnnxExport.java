package viewfit.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.graph.Graph;
import viewfit.graph.Op;
import viewfit.graph.Parameter;

/**
 * A backbone as an ONNX model: operator set 17, IR version 8, input {@value #INPUT} [batch, 3, height, width] and output
 * {@value #OUTPUT} [batch, width], both float32, any batch. A convolutional network takes any height and width; a transformer
 * takes the size of its position embedding. Weights are initialisers under the names of the graph. Field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
public final class OnnxExport {
    /** Name of the input. */
    public static final String INPUT = "image";

    /** Name of the output: the pooled feature or the class token. */
    public static final String OUTPUT = "embedding";

    private static final long IR_VERSION = 8;
    private static final long OPERATOR_SET = 17;
    private static final long FLOAT = 1;
    private static final long INT64 = 7;

    private OnnxExport() {}

    /**
     * Writes a model atomically.
     *
     * @param tensors must hold those of {@link Graph#state()}; others are left out
     * @throws StageFailure BAD_DATA if it does not fit into 2 GiB, which the format cannot go beyond
     */
    public static void write(Path file, Graph graph, List<Tensor> tensors) {
        ProtoMessage model = model(graph, tensors);
        if (model.bytes() > Integer.MAX_VALUE) {
            throw Malformed.in(file, "", model.bytes() + " bytes", "at most 2 GiB in one file");
        }
        AtomicFiles.write(file, model::writeTo);
    }

    /**
     * Compares a file with the model that these tensors make, to the byte.
     *
     * @throws StageFailure BAD_DATA if it is another
     */
    public static void verify(Path file, Graph graph, List<Tensor> tensors) {
        MessageDigest digest = Hashes.digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            model(graph, tensors).writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to nowhere", e);
        }
        String expected = HexFormat.of().formatHex(digest.digest());
        String found = Hashes.sha256(file);
        if (!found.equals(expected)) {
            throw Malformed.in(
                    file, "", "another model, of SHA-256 " + found, "that of the weights, of SHA-256 " + expected);
        }
    }

    private static ProtoMessage model(Graph graph, List<Tensor> tensors) {
        return new ProtoMessage()
                .number(1, IR_VERSION)
                .text(2, "Viewfit")
                .message(7, graph(graph, tensors))
                .message(8, new ProtoMessage().text(1, "").number(2, OPERATOR_SET));
    }

    private static ProtoMessage graph(Graph graph, List<Tensor> tensors) {
        Map<String, Tensor> byName = new HashMap<>();
        tensors.forEach(t -> byName.put(t.name(), t));
        OnnxNodes nodes = new OnnxNodes(graph, INPUT, OUTPUT);
        ProtoMessage message = new ProtoMessage();
        nodes.nodes().forEach(node -> message.message(1, node));
        message.text(2, graph.name());
        for (Parameter p : graph.state()) {
            Tensor tensor = byName.get(p.name());
            if (tensor == null) {
                throw new IllegalArgumentException(p.name() + ": no such tensor to export");
            }
            message.message(5, initialiser(tensor));
        }
        nodes.constants().forEach(constant -> message.message(5, initialiser(constant)));
        Dimension side = side(graph);
        message.message(
                11,
                value(
                        INPUT,
                        List.of(
                                Dimension.named("batch"),
                                Dimension.of(graph.inputChannels()),
                                side.or("height"),
                                side.or("width"))));
        return message.message(12, value(OUTPUT, List.of(Dimension.named("batch"), Dimension.of(graph.outputWidth()))));
    }

    /** A size, or the name of one that may vary. */
    private record Dimension(long size, String name) {
        static Dimension of(long size) {
            return new Dimension(size, "");
        }

        static Dimension named(String name) {
            return new Dimension(0, name);
        }

        Dimension or(String otherName) {
            return size > 0 ? this : named(otherName);
        }

        ProtoMessage message() {
            return name.isEmpty() ? new ProtoMessage().number(1, size) : new ProtoMessage().text(2, name);
        }
    }

    /** Patches that a position embedding has along a side, times their size; unknown for convolutional networks. */
    private static Dimension side(Graph graph) {
        long patch = 0;
        for (Op op : graph.ops()) {
            if (op instanceof Op.Conv2d c) {
                patch = c.stride();
            } else if (op instanceof Op.Tokens t) {
                return Dimension.of(t.grid() * patch);
            }
        }
        return Dimension.of(0);
    }

    private static ProtoMessage initialiser(Tensor tensor) {
        long type = tensor.dtype() == DType.I64 ? INT64 : FLOAT;
        return new ProtoMessage()
                .numbers(1, tensor.shape())
                .number(2, type)
                .text(8, tensor.name())
                .content(9, tensor.data());
    }

    private static ProtoMessage value(String name, List<Dimension> dimensions) {
        ProtoMessage shape = new ProtoMessage();
        dimensions.forEach(d -> shape.message(1, d.message()));
        ProtoMessage type = new ProtoMessage().number(1, FLOAT).message(2, shape);
        return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, type));
    }
}
