package viewfit.eval;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the fine-tuned network in the official code.
 *
 * @param classifier what the architecture calls its classifier: {@code classifier}, {@code fc} or {@code head}
 * @param layers hidden layers that are kept from the pre-trained head
 * @param batchNorm whether each of them has a normalisation
 */
record SemiNames(String classifier, int layers, boolean batchNorm) {
    private static final Pattern HIDDEN = Pattern.compile("head\\.mlp\\.(\\d+)\\.(.+)");

    /** {@code head.mlp.0.weight} is {@code classifier.fc1.weight}, {@code backbone.x} is {@code x}. */
    String official(String name) {
        Matcher hidden = HIDDEN.matcher(name);
        if (hidden.matches()) {
            int index = Integer.parseInt(hidden.group(1));
            int stride = batchNorm ? 3 : 2;
            String kind = index % stride == 0 ? ".fc" : ".bn";
            return classifier + kind + (index / stride + 1) + "." + hidden.group(2);
        }
        return name.replace("head.fc.", classifier + ".fc" + (layers + 1) + ".").replace("backbone.", "");
    }

    /** The other way round for a hidden layer's normalisation: {@code bn2} is {@code head.mlp.4}. */
    String normalisation(String official) {
        return "head.mlp." + ((Integer.parseInt(official.substring("bn".length())) - 1) * 3 + 1);
    }
}
