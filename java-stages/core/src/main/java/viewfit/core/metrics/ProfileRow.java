package viewfit.core.metrics;

/**
 * One line of {@code profile.csv}: where the time of a training step goes. Lines of a part do not overlap, but for functions,
 * one of which may call another.
 *
 * @param part {@code step}, {@code phase}, {@code beside}, {@code function} or {@code operator}
 * @param name of the phase, function or operator
 * @param callsPerStep how often in a step
 * @param msPerStep all calls of a step, in milliseconds
 * @param share of the step; what runs beside it may be more than 1
 */
public record ProfileRow(String part, String name, double callsPerStep, double msPerStep, double share) {
    public static final String SCHEMA = "profile/1";
}
