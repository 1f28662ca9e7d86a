package viewfit.stages.brokena;

import viewfit.stages.brokenb.Second;

/** A stage that sees another stage. */
public class First {
    Second other;
}
