package viewfit.core.recipe;

/** What figures and tables of a grid have in common. */
final class ShowRules {
    private static final String ID = "[a-z0-9][a-z0-9-]{0,60}";

    private ShowRules() {}

    static void check(String id, String paper) {
        Rules.require(id.matches(ID), "id", "'" + id + "'", "must be small letters, digits and dashes");
        Rules.require(
                paper.matches("|table[1-9]"), "paper", "'" + paper + "'", "must be table1 to table9, or '' for none");
    }
}
