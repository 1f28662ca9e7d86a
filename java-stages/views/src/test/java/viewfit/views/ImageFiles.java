package viewfit.views;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Image files made byte by byte, whole ones and others. */
final class ImageFiles {
    /** Four colours of a palette. */
    static final byte[] COLOURS = bytes(10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120);

    private static final byte[] PNG = bytes(0x89, 'P', 'N', 'G', 13, 10, 26, 10);

    private ImageFiles() {}

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] noise(int count, long seed) {
        RandomStream random = SeedTree.root(seed).at("noise").stream();
        byte[] noise = new byte[count];
        for (int i = 0; i < count; i++) {
            noise[i] = (byte) random.nextInt(256);
        }
        return noise;
    }

    /** One chunk of a PNG. */
    static byte[] chunk(String tag, byte[] content) {
        byte[] named = join(tag.getBytes(StandardCharsets.ISO_8859_1), content);
        CRC32 crc = new CRC32();
        crc.update(named);
        byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
        return join(
                length,
                named,
                ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    static byte[] deflate(byte[] raw) {
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    static byte[] header(int width, int height, int bits, int type, int interlace) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) bits)
                .put((byte) type)
                .put((byte) 0)
                .put((byte) 0)
                .put((byte) interlace)
                .array();
        return join(PNG, chunk("IHDR", header));
    }

    /** A PNG of filtered rows. */
    static byte[] png(int width, int height, int bits, int type, int interlace, byte[] rows, byte[]... chunks) {
        return join(
                header(width, height, bits, type, interlace),
                join(chunks),
                chunk("IDAT", deflate(rows)),
                chunk("IEND", new byte[0]));
    }

    /** One row of a PNG of one row, unfiltered. */
    static byte[] row(int... values) {
        return join(new byte[1], bytes(values));
    }

    /** A GIF of one frame, its codes all of one width. */
    static byte[] gif(int width, int height, byte[] palette, byte[] beforeFrame, byte[] frame) {
        byte[] screen = ByteBuffer.allocate(7)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) width)
                .putShort((short) height)
                .put((byte) (palette.length == 0 ? 0 : 0x80 | (palette.length / 6 - 1)))
                .put((byte) 3)
                .put((byte) 0)
                .array();
        byte[] magic = "GIF89a".getBytes(StandardCharsets.ISO_8859_1);
        return join(magic, screen, palette, beforeFrame, frame, bytes(';'));
    }

    /** A frame of a GIF with codes of three bits: 0 to 3 colours, 4 clears, 5 ends. */
    static byte[] frame(int x, int y, int width, int height, int flags, int... codes) {
        byte[] head = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) ',')
                .putShort((short) x)
                .putShort((short) y)
                .putShort((short) width)
                .putShort((short) height)
                .put((byte) flags)
                .array();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int buffer = 0;
        int count = 0;
        for (int code : codes) {
            buffer |= code << count;
            count += 3;
            if (count >= 8) {
                packed.write(buffer);
                buffer >>= 8;
                count -= 8;
            }
        }
        if (count > 0) {
            packed.write(buffer);
        }
        return join(head, bytes(2, packed.size()), packed.toByteArray(), new byte[1]);
    }

    /** A BMP with a header of 40 bytes; {@code tables} are colour masks or a palette. */
    static byte[] bmp(int width, int height, int bits, int compression, byte[] tables, byte[] data) {
        return ByteBuffer.allocate(54 + tables.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes('B', 'M'))
                .putInt(54 + tables.length + data.length)
                .putInt(0)
                .putInt(54 + tables.length)
                .putInt(40)
                .putInt(width)
                .putInt(height)
                .putShort((short) 1)
                .putShort((short) bits)
                .putInt(compression)
                .putInt(data.length)
                .putLong(0)
                .putInt(bits > 8 ? 0 : tables.length / 4)
                .putInt(0)
                .put(tables)
                .put(data)
                .array();
    }

    /** A palette of a BMP: entry i is (3i, 5i, 7i) as blue, green, red. */
    static byte[] bmpColours(int count) {
        byte[] palette = new byte[4 * count];
        for (int i = 0; i < count; i++) {
            palette[4 * i] = (byte) (3 * i);
            palette[4 * i + 1] = (byte) (5 * i);
            palette[4 * i + 2] = (byte) (7 * i);
        }
        return palette;
    }

    static byte[] encode(BufferedImage image, String format, boolean progressive) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (progressive) {
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** A picture with edges and gradients. */
    static BufferedImage picture(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, ((x * 5 % 256) << 16) | ((y * 7 % 256) << 8) | ((x * y) % 256));
            }
        }
        return image;
    }

    /** 24x17, lossless; red is (11x + 3y) % 256, green 15y, blue 2xy % 256. */
    static byte[] webpLossless() {
        return base64(
                "UklGRpoAAABXRUJQVlA4TI4AAAAvFwAEALkyRPQ/BgrSNmDq3/auBLFgMn/aADoGvv8TgEwp6AMI2raNGYw/36+rjgBt27aNMemo"
                        + "1HEk26qq6FZ/d3T5JQAcVk5MAKFQKKQ6BcomqaE3+cxyWlSo0AA8OlwA3BhYAMDju5CBA9aMiglhRMWCtyGsIzImrFTgHYXsuQAJ"
                        + "A4eFkScyFqz8LQcA");
    }

    /** The same with an alpha of 100. */
    static byte[] webpAlpha() {
        return base64(
                "UklGRqQAAABXRUJQVlA4TJcAAAAvFwAEELkyRPQ/BgrSNmDq3/auBLFgMn/aADoGvv8TgEwp6AMI2raNGYw/36+rjgBt27aNMemo"
                        + "1HEk26qq6FZ/d3T5JQAcVs6UTQBRQUFBVKcAZZOoQW/iM4ujRQUqNAB46HABADcGLAAAPHwuZIADWDMqTCCMqLCAt0GwFpFhAisV"
                        + "4C0K2eMCIGHAwcKIJ8hYwMqfxQEAAA==");
    }

    /** The same as the first of two frames. */
    static byte[] webpAnimation() {
        return base64(
                "UklGRoYBAABXRUJQVlA4WAoAAAACAAAAFwAAEAAAQU5JTQYAAAAAAAAAAABBTk1GpgAAAAAAAAAAABcAABAAAAAAAAJWUDhMjgAA"
                        + "AC8XAAQAuTJE9D8GCtI2YOrf9q4EsWAyf9oAOga+/xOATCnoAwjato0ZjD/fr6uOAG3bto0x6ajUcSTbqqroVn93dPklABxWTkwA"
                        + "oVAopDoFyiapoTf5zHJaVKjQADw6XADcGFgAwOO7kIED1oyKCWFExYK3IawjMiasVOAdhey5AAkDh4WRJzIWrPwtBwBBTk1GrAAA"
                        + "AAAAAAAAABcAABAAAAAAAABWUDhMkwAAAC8XAAQAATVtGzDqX/6EN4SI/ich3ruI6H9AQdtGjvmj/cPw6wYBRm0bCTKh5Q9st8/c"
                        + "uXEk24me6v4XI0J6RN5D/EVkdoOYgHUWW7KjBGBb6mZH6mZXapTgARWuFFpciShBLa4LNyOeHimMSOEPWnz4GQAEhRXvRJQAwB+g"
                        + "wR9/gBb/RJSgQSoRpY8nC8kT3CCSAQA=");
    }

    /** 24x17, lossy; red is about 10x, green 40 + 10y, blue 200 - 5x. */
    static byte[] webpLossy() {
        return base64(
                "UklGRpYAAABXRUJQVlA4IIoAAACwBQCdASoYABEAPjEShkKiIQwDABABgloAJ0y3rA3nf4m0oD8AbYB+gADQtZVoPwACWSmnoAAA"
                        + "/v4oZfGTboYjpzR8WVNWVaH/+9mZpSAF3oM/+bhpYNLf/WrF1gO0eqYIDM8MPmy36+hq9B32YV/sY+VSpITKsdoKkK4J+HBHL753"
                        + "bTX5XkIAAAA=");
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    /** One whole file or more of every format, by name. */
    static Map<String, byte[]> whole() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        BufferedImage rgb = picture(41, 29, BufferedImage.TYPE_3BYTE_BGR);
        BufferedImage indexed = picture(41, 29, BufferedImage.TYPE_BYTE_INDEXED);
        files.put("png", encode(rgb, "png", false));
        files.put("png-interlaced", encode(rgb, "png", true));
        files.put("png-palette", encode(indexed, "png", false));
        files.put("gif", encode(indexed, "gif", false));
        files.put("gif-interlaced", encode(indexed, "gif", true));
        files.put("bmp", encode(rgb, "bmp", false));
        files.put("bmp-palette", encode(indexed, "bmp", false));
        files.put("bmp-runs", bmp(5, 2, 8, 1, bmpColours(16), bytes(3, 1, 2, 2, 0, 0, 0, 3, 5, 6, 7, 0, 2, 9, 0, 1)));
        files.put("jpeg", encode(rgb, "jpeg", false));
        files.put("jpeg-progressive", encode(rgb, "jpeg", true));
        files.put("jpeg-grey", encode(picture(41, 29, BufferedImage.TYPE_BYTE_GRAY), "jpeg", false));
        files.put("webp-lossless", webpLossless());
        files.put("webp-alpha", webpAlpha());
        files.put("webp-animation", webpAnimation());
        files.put("webp-lossy", webpLossy());
        return files;
    }
}
