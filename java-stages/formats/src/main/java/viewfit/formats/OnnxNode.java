package viewfit.formats;

import java.util.List;

/** One operation: a NodeProto of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers these are. */
final class OnnxNode {
    private static final int INPUT = 1;
    private static final int OUTPUT = 2;
    private static final int NAME = 3;
    private static final int TYPE = 4;
    private static final int ATTRIBUTE = 5;

    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_FLOAT = 2;
    private static final int ATTRIBUTE_INT = 3;
    private static final int ATTRIBUTE_INTS = 8;
    private static final int ATTRIBUTE_TYPE = 20;

    /** Values of AttributeType. */
    private static final int FLOAT = 1;

    private static final int INT = 2;
    private static final int INTS = 7;

    private final ProtoMessage message = new ProtoMessage();

    private OnnxNode() {}

    static OnnxNode of(String type, List<String> inputs, String output) {
        return of(type, inputs, List.of(output));
    }

    /** A node is called after the first value it makes. */
    static OnnxNode of(String type, List<String> inputs, List<String> outputs) {
        OnnxNode node = new OnnxNode();
        inputs.forEach(i -> node.message.text(INPUT, i));
        outputs.forEach(o -> node.message.text(OUTPUT, o));
        node.message.text(NAME, type + "." + outputs.get(0)).text(TYPE, type);
        return node;
    }

    OnnxNode number(String name, long value) {
        return attribute(name, INT, new ProtoMessage().number(ATTRIBUTE_INT, value));
    }

    OnnxNode real(String name, double value) {
        return attribute(name, FLOAT, new ProtoMessage().real(ATTRIBUTE_FLOAT, (float) value));
    }

    OnnxNode ints(String name, long... values) {
        return attribute(name, INTS, new ProtoMessage().numbers(ATTRIBUTE_INTS, values));
    }

    private OnnxNode attribute(String name, int type, ProtoMessage value) {
        ProtoMessage attribute = new ProtoMessage().text(ATTRIBUTE_NAME, name).with(value);
        message.message(ATTRIBUTE, attribute.number(ATTRIBUTE_TYPE, type));
        return this;
    }

    ProtoMessage message() {
        return message;
    }
}
