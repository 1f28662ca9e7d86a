package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Whether both sides compute the same: Python starts from the weights, the queue and the pixels of ours, and the losses of the
 * first steps are compared. The first loss shows the forward pass, the others gradients, optimiser, teacher and queue; what moves a
 * loss by less than the tolerance within three steps, such as a weight decay of 1e-6, they cannot show.
 */
final class StepCheck {
    private static final int STEPS = 3;
    /** Float32 in another order of sums was seen to make 3e-6; a wrong momentum or queue makes 5e-5 or more. */
    private static final double TOLERANCE = 2e-5;
    /** MobileNetV2 spreads rounding a hundred times faster: 2e-4 between PyTorch's own memory formats. */
    private static final double TOLERANCE_MOBILE = 1e-3;
    /** bfloat16 keeps 8 bits, and each side chooses by itself where it has them. */
    private static final double TOLERANCE_BF16 = 2e-2;

    private final List<StepJob> jobs;
    private final List<String> precisions;
    private final List<String> pythons;
    private boolean agrees = true;

    StepCheck(List<StepJob> jobs, List<String> precisions, List<String> pythons) {
        this.jobs = List.copyOf(jobs);
        this.precisions = List.copyOf(precisions);
        this.pythons = List.copyOf(pythons);
    }

    /** Prints all losses; whether every one agrees. */
    boolean run() throws IOException {
        Path file = Files.createTempFile("step", ".safetensors");
        try {
            for (StepJob job : jobs) {
                System.out.printf("%n%s%n%n", job);
                System.out.println("| side | precision | losses of the first steps | largest difference |");
                System.out.println("| --- | --- | --- | --- |");
                for (String precision : precisions) {
                    check(job, precision, file);
                }
            }
        } finally {
            Files.delete(file);
        }
        System.out.println(agrees ? "\nall agree" : "\nsome differ");
        return agrees;
    }

    private void check(StepJob job, String precision, Path file) throws IOException {
        double[] expected;
        try (StepSide ours = StepSide.viewfit(job, precision, file)) {
            ours.write(file);
            expected = ours.losses(STEPS);
            row(ours, expected, "");
        }
        for (String python : pythons) {
            for (String mode : precision.equals("bf16") ? List.of("bf16") : List.of("plain", "tuned")) {
                try (StepSide side = StepSide.python(python, job, mode, file)) {
                    double[] losses = side.losses(STEPS);
                    double worst = worst(expected, losses);
                    boolean good = worst <= tolerance(job, precision);
                    agrees &= good;
                    row(side, losses, String.format(Locale.ROOT, "%.1e%s", worst, good ? "" : " differs"));
                } catch (IOException e) {
                    agrees = false;
                    System.out.printf("| %s, %s | %s | failed | %s |%n", python, mode, precision, e.getMessage());
                }
            }
        }
    }

    private static double tolerance(StepJob job, String precision) {
        if (precision.equals("bf16")) {
            return TOLERANCE_BF16;
        }
        return job.network().equals("mobilenet_v2") ? TOLERANCE_MOBILE : TOLERANCE;
    }

    private static double worst(double[] expected, double[] found) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(found[i] / expected[i] - 1));
        }
        return worst;
    }

    private static void row(StepSide side, double[] losses, String difference) {
        StringBuilder text = new StringBuilder();
        for (double loss : losses) {
            text.append(String.format(Locale.ROOT, " %.6f", loss));
        }
        System.out.printf("| %s | %s |%s | %s |%n", side.name(), side.precision(), text, difference);
    }
}
