package viewfit.ssl;

/** Is told what a step is at. A phase lasts until the next one begins; a step begins with WAIT and ends with BETWEEN. */
@FunctionalInterface
interface StepClock {
    /** Nobody wants to know. */
    StepClock OFF = phase -> {};

    /** A phase begins. */
    void phase(StepPhase phase);
}
