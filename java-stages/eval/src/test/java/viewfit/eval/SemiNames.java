package viewfit.eval;

/** Names of the fine-tuned network in the official code. */
final class SemiNames {
    private SemiNames() {}

    /** {@code head.mlp.0.weight} is {@code classifier.fc1.weight}, {@code backbone.x} is {@code x}. */
    static String official(String name) {
        return name.replace("backbone.", "")
                .replace("head.mlp.0.", "classifier.fc1.")
                .replace("head.mlp.1.", "classifier.bn1.")
                .replace("head.mlp.3.", "classifier.fc2.")
                .replace("head.mlp.4.", "classifier.bn2.")
                .replace("head.fc.", "classifier.fc3.");
    }
}
