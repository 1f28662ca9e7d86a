package viewfit.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Starts a benchmark by name; options are pairs of {@code --name value}. */
public final class Bench {
    private static final String USAGE =
            """
            run views  --images DIR [--images-most N] [--rounds N] [--python PROGRAM]   views per second against Pillow
            run decode --images DIR [--images-most N] [--rounds N] [--python PROGRAM]   JPEG decoding against the JDK and Pillow
            run packs  --images DIR [--images-most N] [--rounds N]                      packed against files
            run epoch  --images DIR [--images-most N] [--rounds N]                      1, 2 and more workers; memory over an epoch
            """;

    private final Map<String, String> options = new HashMap<>();

    private Bench(String[] args) {
        for (int i = 1; i + 1 < args.length; i += 2) {
            options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 0 || args.length % 2 == 0) {
            System.out.print(USAGE);
            return;
        }
        Bench bench = new Bench(args);
        Photographs photographs = Photographs.in(
                Path.of(bench.option("images", "test-data/imagenette-mini")), bench.number("images-most", 200));
        int rounds = bench.number("rounds", 5);
        String python = bench.option("python", "python3");
        switch (args[0]) {
            case "views" -> new ViewsBench(photographs, rounds, python).run();
            case "decode" -> new DecodeBench(photographs, rounds, python).run();
            case "packs" -> new PackBench(photographs, rounds).run();
            case "epoch" -> new EpochBench(photographs, rounds).run();
            default -> System.out.print(USAGE);
        }
    }

    private String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    private int number(String name, int otherwise) {
        return Integer.parseInt(option(name, Integer.toString(otherwise)));
    }
}
