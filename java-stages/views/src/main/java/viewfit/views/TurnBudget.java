package viewfit.views;

/**
 * Bytes that pieces of work may hold at one time, where the pieces are taken off in order: one waits until there is room for it
 * or it is its turn, so that the work goes on whatever the others hold, and a piece of any length can be done. The bytes held are
 * at most the budget and one piece.
 */
final class TurnBudget {
    private final long most;
    private long held;
    private int turn;

    /** A budget of {@code most} bytes; the turn is with piece 0. */
    TurnBudget(long most) {
        this.most = most;
    }

    /** Waits until a piece may hold so many bytes more. */
    synchronized void take(int piece, long bytes) throws InterruptedException {
        while (piece != turn && held + bytes > most) {
            wait();
        }
        held += bytes;
    }

    /** The piece whose turn it is, and what it holds, is done with. */
    synchronized void next(long bytes) {
        held -= bytes;
        turn++;
        notifyAll();
    }
}
