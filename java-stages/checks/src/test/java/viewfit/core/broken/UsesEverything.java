package viewfit.core.broken;

import ai.djl.ndarray.NDArray;
import ai.onnxruntime.OnnxTensor;
import com.sun.jna.Pointer;
import io.jhdf.HdfFile;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jfree.chart.JFreeChart;
import picocli.CommandLine;
import viewfit.core.select.TestPermit;

/** Each library and each call that has one place, used in another. */
public class UsesEverything {
    NDArray array;
    Pointer pointer;
    JFreeChart chart;
    CommandLine line;
    Color colour;
    TarFile tar;
    HdfFile hdf;
    OnnxTensor onnx;

    int chance() {
        return new Random(0).nextInt();
    }

    Instant clock() {
        return Instant.now();
    }

    void console() {
        System.out.println();
    }

    TestPermit test() {
        return TestPermit.of(Path.of("selection.json"), "", "", "");
    }

    void exit() {
        System.exit(1);
    }
}
