package viewfit.ssl.broken;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** More of DJL than arrays, and a manager that outlives its step. */
public class UsesEngineOfDjl {
    NDManager manager;
    Engine engine;
}
