package viewfit.core.recipe;

import java.util.List;
import viewfit.core.contract.ReportNames;

/** What figures and tables of a grid have in common. */
final class ShowRules {
    private static final String ID = "[a-z0-9][a-z0-9-]{0,60}";

    private ShowRules() {}

    /** @param names of its files */
    static void check(String id, String paper, List<String> names) {
        Rules.require(id.matches(ID), "id", "'" + id + "'", "must be small letters, digits and dashes");
        for (String name : names) {
            String found = "'" + id + "', whose file '" + name + "' every report has";
            Rules.require(!ReportNames.own(name), "id", found, "must make none of " + ReportNames.all());
        }
        Rules.require(
                paper.matches("|table[1-9]"), "paper", "'" + paper + "'", "must be table1 to table9, or '' for none");
    }
}
