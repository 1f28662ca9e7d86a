package viewfit.views;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.checks.Fuzz;
import viewfit.core.data.ManifestRow;
import viewfit.core.files.Hashes;

/** Damaged pictures, in files and packs. Pixels of files have no checksum but in a PNG; records of a pack have one. */
class DamagedPicturesTest {
    private static final String WEBP =
            "UklGRpYAAABXRUJQVlA4IIoAAACwBQCdASoYABEAPjEShkKiIQwDABABgloAJ0y3rA3nf4m0oD8AbYB+gADQ"
                    + "tZVoPwACWSmnoAAA/v4oZfGTboYjpzR8WVNWVaH/+9mZpSAF3oM/+bhpYNLf/WrF1gO0eqYIDM8MPmy36+hq9B32YV/sY+VSpITKsdoK"
                    + "kK4J+HBHL753bTX5XkIAAAA=";

    @TempDir
    private Path folder;

    private static byte[] picture(String format, int width, int height) {
        if (format.equals("webp")) {
            return Base64.getDecoder().decode(WEBP);
        }
        boolean indexed = format.equals("gif");
        BufferedImage image = new BufferedImage(
                width, height, indexed ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, 0xffffff & (i * 2654435));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"jpeg, 0xFF", "png, 0x49", "gif, 0x2C", "bmp, 0x28", "webp, 0x56"})
    void files(String format, int mark) {
        // A damaged header may ask for any size up to the limit of pixels.
        Fuzz.of(folder, "picture." + format, picture(format, 41, 29))
                .marks(Character.toString(mark))
                .run(file -> {
                    try (ImageDecoder decoder = new ImageDecoder(1_000_000)) {
                        Pixels pixels = new Pixels();
                        decoder.decode(Files.readAllBytes(file), file.toString(), pixels);
                        return pixels.byteCount();
                    }
                });
    }

    /** Whatever of a pack is damaged: nothing but what was packed comes out. */
    @ParameterizedTest
    @ValueSource(strings = {"pack.json", "index.bin", "names.bin", "shards/shard-00000.bin"})
    void packs(String part) throws IOException {
        for (PackInfo.Store store : PackInfo.Store.values()) {
            Path pack = pack(store);
            Path damaged = pack.resolve(part);
            String name = String.valueOf(damaged.getFileName());
            Fuzz fuzz = Fuzz.of(folder, damaged).sealed().every(3);
            // A record that does not fit is named by its image.
            (name.startsWith("shard") ? fuzz.named(".*(p\\d\\.png|shard-00000\\.bin).*") : fuzz)
                    .blocks(16)
                    .run(file -> {
                        Files.copy(file, damaged, StandardCopyOption.REPLACE_EXISTING);
                        return content(pack);
                    });
        }
    }

    private Path pack(PackInfo.Store store) throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] png = picture("png", 7 + i, 5);
            Files.write(folder.resolve("p" + i + ".png"), png);
            rows.add(new ManifestRow("p" + i + ".png", i, png.length, Hashes.sha256(png)));
        }
        Path pack = folder.resolve("pack-" + store);
        PackWriter.write(
                pack,
                folder,
                rows,
                List.of(new PackInfo.Source("train.csv", rows.size(), "0".repeat(64))),
                new PackWriter.Options(store, 0, 1 << 20, 1));
        return pack;
    }

    private static Object content(Path folder) {
        Pack pack = Pack.open(folder);
        List<Object> all = new ArrayList<>();
        try (ImageDecoder decoder = new ImageDecoder()) {
            for (int i = 0; i < pack.index().size(); i++) {
                Pixels pixels = new Pixels();
                String name = pack.index().path(i);
                pack.load(i, name, decoder, pixels);
                all.add(name);
                all.add(Hashes.sha256(java.util.Arrays.copyOf(pixels.data(), pixels.byteCount())));
            }
        }
        all.add(pack.info());
        return all;
    }
}
