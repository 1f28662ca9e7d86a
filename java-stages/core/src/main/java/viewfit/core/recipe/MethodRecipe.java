package viewfit.core.recipe;

import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** How the network learns; the key {@code name} selects the variant and its keys. */
public sealed interface MethodRecipe permits DinoRecipe, SwavRecipe, MocoRecipe, SupervisedRecipe {
    /** The selecting word. */
    String name();

    /** Networks with a backbone that a checkpoint of this method holds, the one that was optimised first. */
    default List<String> networks() {
        return this instanceof DinoRecipe || this instanceof MocoRecipe
                ? List.of("student", "teacher")
                : List.of("student");
    }

    /**
     * Fails if checkpoints of this method have no such network.
     *
     * @param key what asked for it, for the message
     * @throws StageFailure {@link ExitCode#BAD_RECIPE}
     */
    default void requireNetwork(String key, String network) {
        if (!networks().contains(network)) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    key + ": found " + network + ": must be " + String.join(" or ", networks())
                            + ", a checkpoint of method " + name() + " has no other network");
        }
    }
}
