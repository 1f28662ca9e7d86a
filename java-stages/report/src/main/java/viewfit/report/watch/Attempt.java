package viewfit.report.watch;

import java.nio.file.Path;

/**
 * One attempt of a task, by its folder in the work folder of Nextflow.
 *
 * @param process such as {@code PRETRAIN}
 * @param tag cell, of a fine-tuning with its label subset; empty where a process runs once
 * @param folder where it runs
 * @param made seconds since 1970 when it was handed to its executor
 * @param begun whether it has begun
 * @param exit its exit code, or {@link #NONE}
 * @param until the epoch that it pauses after, if it is a part of pre-training; 0 if it goes to the end
 */
record Attempt(String process, String tag, Path folder, double made, boolean begun, int exit, int until) {
    /** It has not ended, or was ended without a word. */
    static final int NONE = -1;

    boolean ended() {
        return exit != NONE;
    }
}
