package viewfit.views;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;

/**
 * Reads a whole pack and compares every checksum.
 *
 * @param lines one line per shard, in order: whole, or what is wrong with it
 * @param whole whether all are whole
 */
public record PackCheck(List<String> lines, boolean whole) {
    public PackCheck {
        lines = List.copyOf(lines);
    }

    /**
     * Checks a pack.
     *
     * @throws StageFailure NO_INPUT or BAD_DATA if it cannot even be opened
     */
    public static PackCheck of(Path folder) {
        Pack pack = Pack.open(folder);
        int shards = pack.info().shards().size();
        long[] images = new long[shards];
        long[] damaged = new long[shards];
        int[] first = new int[shards];
        byte[] record = new byte[0];
        for (int i = 0; i < pack.index().size(); i++) {
            PackIndex.Entry entry = pack.index().get(i);
            if (entry.shard() < 0 || entry.shard() >= shards) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        folder + ": found shard " + entry.shard() + " in the index: must be below " + shards);
            }
            images[entry.shard()]++;
            if (pack.holds(entry) && record.length < entry.bytes()) {
                record = new byte[entry.bytes()];
            }
            if (!pack.read(entry, record)) {
                if (damaged[entry.shard()] == 0
                        || pack.index().path(i).compareTo(pack.index().path(first[entry.shard()])) < 0) {
                    first[entry.shard()] = i;
                }
                damaged[entry.shard()]++;
            }
        }
        List<String> lines = new ArrayList<>();
        boolean whole = true;
        for (int s = 0; s < shards; s++) {
            PackInfo.Shard shard = pack.info().shards().get(s);
            Path file = folder.resolve(shard.file());
            if (Hashes.sha256(file).equals(shard.sha256()) && damaged[s] == 0) {
                lines.add(file + ": whole, " + images[s] + " images");
            } else {
                whole = false;
                String which =
                        damaged[s] == 0 ? "" : ", the first " + pack.index().path(first[s]);
                lines.add(file + ": found " + damaged[s] + " of " + images[s] + " images damaged" + which
                        + ": must be packed anew");
            }
        }
        return new PackCheck(lines, whole);
    }
}
