package viewfit.core.images;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the members of one container are: name to position and length, in byte-wise order of the names. A few arrays and no
 * object per member; about 20 bytes beside the name.
 */
final class MemberIndex {
    private final byte[] names;
    private final int[] starts;
    private final long[] positions;
    private final long[] lengths;

    private MemberIndex(byte[] names, int[] starts, long[] positions, long[] lengths) {
        this.names = names;
        this.starts = starts;
        this.positions = positions;
        this.lengths = lengths;
    }

    /** Collects members in any order. */
    static final class Builder {
        private static final class Member {
            final byte[] name;
            final long position;
            final long length;

            Member(byte[] name, long position, long length) {
                this.name = name;
                this.position = position;
                this.length = length;
            }
        }

        private final List<Member> members = new ArrayList<>();

        /** @throws Broken if no path could have this name */
        void add(String name, long position, long length) {
            if (name.indexOf('\0') >= 0) {
                throw new Broken("a member name with a NUL character, " + name, "names must be text");
            }
            members.add(new Member(name.getBytes(StandardCharsets.UTF_8), position, length));
        }

        int size() {
            return members.size();
        }

        /**
         * Sorts the members.
         *
         * @throws Broken if two have one name
         */
        MemberIndex build() {
            members.sort((a, b) -> Arrays.compareUnsigned(a.name, b.name));
            int count = members.size();
            int bytes = members.stream().mapToInt(m -> m.name.length).reduce(0, Math::addExact);
            byte[] names = new byte[bytes];
            int[] starts = new int[count + 1];
            long[] positions = new long[count];
            long[] lengths = new long[count];
            for (int i = 0; i < count; i++) {
                Member member = members.get(i);
                if (i > 0 && Arrays.equals(members.get(i - 1).name, member.name)) {
                    throw new Broken(
                            "two members named " + new String(member.name, StandardCharsets.UTF_8),
                            "names must be unique");
                }
                System.arraycopy(member.name, 0, names, starts[i], member.name.length);
                starts[i + 1] = starts[i] + member.name.length;
                positions[i] = member.position;
                lengths[i] = member.length;
            }
            return new MemberIndex(names, starts, positions, lengths);
        }
    }

    /** A container is not what it must be; whoever knows its path makes the message. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String allowed;

        Broken(String found, String allowed) {
            super(found);
            this.allowed = allowed;
        }

        String allowed() {
            return allowed;
        }
    }

    int size() {
        return positions.length;
    }

    String name(int member) {
        return new String(names, starts[member], starts[member + 1] - starts[member], StandardCharsets.UTF_8);
    }

    /** Byte of the container at which the member begins. */
    long position(int member) {
        return positions[member];
    }

    /** In bytes. */
    long length(int member) {
        return lengths[member];
    }

    /** Number of the member, or -1 without one of this name. */
    int find(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Arrays.compareUnsigned(names, starts[middle], starts[middle + 1], wanted, 0, wanted.length);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }
}
