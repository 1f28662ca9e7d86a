package viewfit.stages.brokenb;

/** The stage that is seen. */
public class Second {}
