package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts a benchmark by name; options are pairs of {@code --name value}, given again they add to a list. */
public final class Bench {
    private static final String USAGE =
            """
            run views  --images DIR [--images-most N] [--rounds N] [--python PROGRAM]   views per second against Pillow
            run decode --images DIR [--images-most N] [--rounds N] [--python PROGRAM]   JPEG decoding against the JDK and Pillow
            run packs  --images DIR [--images-most N] [--rounds N]                      packed against files
            run epoch  --images DIR [--images-most N] [--rounds N]                      1, 2 and more workers; memory over an epoch
            run step   [--networks LIST] [--methods LIST] [--sizes LIST] [--precisions LIST] [--threads N] [--rounds N] [--steps N]
                       [--images DIR] [--python PROGRAM]... [--check]                   a training step against PyTorch
            run coco   [--images N]... [--types LIST] [--rounds N] [--python PROGRAM]   the COCO metric against pycocotools
            run knn    [--queries N] [--bank N] [--width N] [--rounds N]                nearest neighbours against a loop
            run scale  [--cells N]...                                                   what Nextflow takes for many cells, in a dry run
            run pages  --results DIR [--cells N]...                                     what choice and report take for many cells
            """;

    private static final String CHECK = "--check";

    private final Map<String, String> options = new HashMap<>();
    private final boolean check;

    private Bench(List<String> args) {
        List<String> pairs = new ArrayList<>(args);
        this.check = pairs.remove(CHECK);
        if (pairs.size() % 2 != 0) {
            throw new IllegalArgumentException("an option without a value among " + args);
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            options.merge(pairs.get(i).replaceFirst("^--", ""), pairs.get(i + 1), (a, b) -> a + "," + b);
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            System.out.print(USAGE);
            return;
        }
        Bench bench = new Bench(List.of(args).subList(1, args.length));
        boolean good = true;
        switch (args[0]) {
            case "views" -> new ViewsBench(bench.photographs(), bench.rounds(), bench.python()).run();
            case "decode" -> new DecodeBench(bench.photographs(), bench.rounds(), bench.python()).run();
            case "packs" -> new PackBench(bench.photographs(), bench.rounds()).run();
            case "epoch" -> new EpochBench(bench.photographs(), bench.rounds()).run();
            case "step" -> good = bench.step();
            case "coco" -> bench.coco();
            case "knn" -> bench.knn();
            case "scale" -> bench.scale();
            case "pages" -> bench.pages();
            case "kill-storm" -> good = bench.killStorm();
            default -> System.out.print(USAGE);
        }
        if (!good) {
            System.exit(1);
        }
    }

    private Photographs photographs() {
        return Photographs.in(Path.of(option("images", "test-data/imagenette-mini")), number("images-most", 200));
    }

    private boolean step() throws IOException {
        Photographs images = options.containsKey("images") ? photographs() : null;
        List<StepJob> jobs = new ArrayList<>();
        for (String sizes : list("sizes", "224/96,64/36")) {
            for (String method : list("methods", "dino")) {
                for (String network : list("networks", "mobilenet_v2,resnet18,vit_tiny")) {
                    jobs.add(StepJob.of(network, method, sizes, number("threads", 1), images));
                }
            }
        }
        List<String> precisions = list("precisions", "fp32");
        List<String> pythons = list("python", "python3");
        if (check) {
            return new StepCheck(jobs, precisions, pythons).run();
        }
        new StepBench(jobs, precisions, pythons, rounds(), number("steps", 3)).run();
        return true;
    }

    private void coco() throws IOException, InterruptedException {
        for (String images : list("images", "5000")) {
            for (String type : list("types", "bbox,segm")) {
                new CocoBench(Integer.parseInt(images), type, rounds(), option("python", "")).run();
            }
        }
    }

    private boolean killStorm() throws IOException, InterruptedException {
        Path folder = Places.fresh(Places.target("kill-storm").toAbsolutePath().normalize());
        KillStorm storm = new KillStorm(folder, number("seed", 0), System.out::println);
        KillStorm.Outcome outcome = storm.run(number("cycles", 200));
        outcome.problems().forEach(System.out::println);
        System.out.println(outcome);
        return outcome.problems().isEmpty();
    }

    private void scale() throws IOException, InterruptedException {
        Path folder = Places.target("scale").toAbsolutePath().normalize();
        new ScaleBench(folder)
                .run(list("cells", "30").stream().map(Integer::valueOf).toList());
    }

    private void pages() throws IOException, InterruptedException {
        Path results = Path.of(option("results", "results"));
        if (!Files.isRegularFile(results.resolve("grid/cells.csv"))) {
            throw new IllegalArgumentException("--results: found " + results + ": must be the results of a run");
        }
        Path folder = Places.target("pages").toAbsolutePath().normalize();
        new PageBench(results, folder)
                .run(list("cells", "16,160").stream().map(Integer::valueOf).toList());
    }

    private void knn() throws IOException {
        new KnnBench(number("queries", 5000), number("bank", 100_000), number("width", 384), rounds()).run();
    }

    private int rounds() {
        return number("rounds", 5);
    }

    private String python() {
        return option("python", "python3");
    }

    private String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    private List<String> list(String name, String otherwise) {
        return List.of(option(name, otherwise).split(",", -1));
    }

    private int number(String name, int otherwise) {
        return Integer.parseInt(option(name, Integer.toString(otherwise)));
    }
}
