package viewfit.formats;

import java.util.Map;

/**
 * A tensor's name in a training checkpoint, taken apart: {@code module.student.backbone.encoder.} + {@code 0.weight}.
 *
 * @param prefix what training code put in front, with its final dot
 * @param side which of the networks it belongs to
 * @param name what is left
 */
record WrappedName(String prefix, Side side, String name) {
    /** The networks of a self-supervised run. */
    enum Side {
        /** The network that is trained: DINO's student, MoCo's query encoder, SwAV's only network. */
        STUDENT,
        /** The moving average of it: DINO's teacher, MoCo's key encoder. */
        TEACHER,
        /** Not said. */
        SINGLE
    }

    /** Words that wrap a backbone, each at most once, in whatever order. */
    private static final Map<String, Side> WRAPPERS = Map.of(
            "module.", Side.SINGLE,
            "backbone.", Side.SINGLE,
            "encoder.", Side.SINGLE,
            "student.", Side.STUDENT,
            "network.", Side.STUDENT,
            "encoder_q.", Side.STUDENT,
            "teacher.", Side.TEACHER,
            "encoder_k.", Side.TEACHER);

    static WrappedName of(String full) {
        Side side = Side.SINGLE;
        int start = 0;
        for (int dot = full.indexOf('.'); dot >= 0; dot = full.indexOf('.', start)) {
            String word = full.substring(start, dot + 1);
            Side said = WRAPPERS.get(word);
            if (said == null || full.substring(0, start).contains(word)) {
                break;
            }
            side = side == Side.SINGLE ? said : side;
            start = dot + 1;
        }
        return new WrappedName(full.substring(0, start), side, full.substring(start));
    }
}
