package viewfit.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The same work in Python with Pillow, and torchvision where there is one, as a process that does a round whenever it is asked. It
 * measures its own processor time, so that its start does not count.
 */
final class Reference implements AutoCloseable {
    private final Peer peer;
    private final String versions;

    private Reference(Peer peer) throws IOException {
        this.peer = peer;
        this.versions = peer.line();
    }

    /** Starts the program; its first lines are the folder and the files. */
    static Reference start(String python, Photographs photographs) throws IOException {
        Reference reference = new Reference(Peer.start(List.of(python, Places.python("reference_views.py")), Map.of()));
        reference.peer.tell(photographs.root().toAbsolutePath().toString());
        for (String path : photographs.paths()) {
            reference.peer.tell(path);
        }
        reference.peer.tell("");
        return reference;
    }

    /** What is measured against: versions of Python's libraries. */
    String versions() {
        return versions;
    }

    /** Does one round and gives its figures. */
    double[] round(String work) throws IOException {
        return peer.numbers(work);
    }

    @Override
    public void close() {
        peer.close();
    }
}
