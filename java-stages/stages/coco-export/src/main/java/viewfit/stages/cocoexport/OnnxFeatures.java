package viewfit.stages.cocoexport;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.formats.OnnxExport;
import viewfit.formats.Tensor;

/** Features of an ONNX model, by onnxruntime: a program that shares nothing with ours. */
final class OnnxFeatures {
    private static final int LONGEST = 300;

    private OnnxFeatures() {}

    /**
     * Loads a model and runs it.
     *
     * @param x inputs [n, 3, height, width], float32
     * @return the output, row-major
     * @throws StageFailure BAD_DATA if onnxruntime refuses the model or the input, or the output is not float32
     */
    static float[] of(Path model, Tensor x) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(model.toString(), options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.floats()), x.shape());
                OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, input))) {
            if (!(result.get(OnnxExport.OUTPUT).orElse(null) instanceof OnnxTensor output)) {
                throw bad(model, "no output " + OnnxExport.OUTPUT, "it", null);
            }
            if (output.getInfo().type != OnnxJavaType.FLOAT) {
                throw bad(model, "an output of type " + output.getInfo().type, "float32", null);
            }
            FloatBuffer values = output.getFloatBuffer();
            float[] features = new float[values.remaining()];
            values.get(features);
            return features;
        } catch (OrtException e) {
            String said = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            String cut = said.length() <= LONGEST ? said : said.substring(0, LONGEST) + "...";
            throw bad(model, "what onnxruntime refuses (" + cut + ")", "a model that it runs", e);
        }
    }

    private static StageFailure bad(Path model, String found, String expected, @Nullable Exception cause) {
        return new StageFailure(ExitCode.BAD_DATA, model + ": found " + found + ": expected " + expected, cause);
    }
}
