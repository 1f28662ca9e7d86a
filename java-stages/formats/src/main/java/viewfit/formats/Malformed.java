package viewfit.formats;

import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The verdict that a file is not what it must be, on one line: {@code file: place: found x: expected y}. */
final class Malformed {
    private static final int SHOWN_CHARACTERS = 80;

    private Malformed() {}

    /**
     * @param place byte, key or part of the file; empty for the file as a whole
     * @param found what stands there
     * @param expected what may stand there
     */
    static StageFailure in(Path file, String place, String found, String expected) {
        String where = place.isEmpty() ? file.toString() : file + ": " + place;
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": expected " + expected);
    }

    /** Text out of a file, made fit for a message: no control characters, not endless. */
    static String shown(String text) {
        String cut = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS - 3) + "...";
        return cut.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", "?");
    }
}
