package viewfit.core.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, or container: of whatever has process numbers of its own. */
final class Host {
    /** The space of process numbers of a Linux that is no container. */
    private static final String USUAL = "pid:[4026531836]";

    static final String NAME = (name() + space()).replaceAll("\\s", "-");

    private Host() {}

    private static String name() {
        try {
            // Linux tells without asking a name server.
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "unknown";
            }
        }
    }

    /** Containers may have their host's name, and yet know nothing of each other's processes. */
    private static String space() {
        try {
            String space = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return space.equals(USUAL) ? "" : "/" + space.replaceAll("\\D", "");
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
