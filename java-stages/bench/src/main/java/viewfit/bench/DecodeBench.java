package viewfit.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import viewfit.views.ImageDecoder;
import viewfit.views.Pixels;

/** JPEG files to RGB, in processor time per image, against the reader of the JDK (components only, no colours) and Pillow. */
final class DecodeBench {
    private static final long WARM_UP = 10_000_000_000L;

    private final Photographs photographs;
    private final int rounds;
    private final String python;
    private final List<byte[]> files = new ArrayList<>();
    private final Pixels pixels = new Pixels();
    private long pictureBytes;

    DecodeBench(Photographs photographs, int rounds, String python) throws IOException {
        this.photographs = photographs;
        this.rounds = rounds;
        this.python = python;
        for (String path : photographs.paths()) {
            files.add(Files.readAllBytes(photographs.root().resolve(path)));
        }
    }

    void run() throws IOException {
        try (Reference reference = Reference.start(python, photographs)) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_UP) {
                ours();
                jdk();
            }
            Rounds ours = new Rounds();
            Rounds jdk = new Rounds();
            Rounds pillow = new Rounds();
            for (int i = 0; i < rounds; i++) {
                ours.add(ours());
                jdk.add(jdk());
                pillow.add(reference.round("decode")[0]);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d photographs, %.1f kB each, %.0f kB decoded; processor time per image, median of %d rounds; %s%n",
                    files.size(),
                    photographs.bytes() / 1e3 / files.size(),
                    pictureBytes / 1e3 / files.size(),
                    rounds,
                    reference.versions());
            System.out.println("| | ms | ratio to ours |");
            System.out.println("| --- | --- | --- |");
            System.out.printf(Locale.ROOT, "| ours | %.2f | 1 |%n", ours.median());
            System.out.printf(Locale.ROOT, "| JDK | %.2f | %s |%n", jdk.median(), ours.ratio(jdk));
            System.out.printf(Locale.ROOT, "| Pillow | %.2f | %s |%n", pillow.median(), ours.ratio(pillow));
        }
    }

    private double ours() {
        pictureBytes = 0;
        try (ImageDecoder decoder = new ImageDecoder()) {
            double start = Cpu.millis();
            for (byte[] file : files) {
                decoder.decode(file, "photograph", pixels);
                pictureBytes += pixels.byteCount();
            }
            return (Cpu.millis() - start) / files.size();
        }
    }

    private double jdk() throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        double start = Cpu.millis();
        for (byte[] file : files) {
            reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(file)), true, true);
            reader.readRaster(0, null);
        }
        double time = (Cpu.millis() - start) / files.size();
        reader.dispose();
        return time;
    }
}
