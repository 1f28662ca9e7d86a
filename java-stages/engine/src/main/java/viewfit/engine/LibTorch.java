package viewfit.engine;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * A libtorch of the machine, looked at before it is loaded: one of another version than the engine was made for loads, and
 * then ends the process with a crash.
 *
 * @param folder where {@code libtorch.so} is
 * @param version without build label, such as {@code 2.7.1}
 * @param flavor which of the engine's libraries fits it: {@code cpu}, or {@code cu128} for any CUDA 12
 */
record LibTorch(Path folder, String version, String flavor) {
    static final String PATH = "PYTORCH_LIBRARY_PATH";
    static final String VERSION = "PYTORCH_VERSION";
    static final String FLAVOR = "PYTORCH_FLAVOR";

    private static final String TORCH = System.mapLibraryName("torch");
    private static final String CUDA = System.mapLibraryName("torch_cuda");
    private static final String JNI = System.mapLibraryName("djl_torch");
    private static final String CUDA_FLAVOR = "cu128";

    /** Of a Python package, beside its folder {@code lib}. */
    private static final String PYTHON = "version.py";

    private static final Pattern PYTHON_LINE =
            Pattern.compile("^__version__(?:\\s*:[^=]*)?\\s*=\\s*['\"]([^'\"]+)['\"]", Pattern.MULTILINE);

    /** Of a libtorch archive, beside its folder {@code lib}. */
    private static final String ARCHIVE = "build-version";

    /** The settings that make DJL load it, where the environment does not have them already. */
    void choose(UnaryOperator<@Nullable String> environment) {
        set(environment, VERSION, version);
        set(environment, FLAVOR, flavor);
    }

    private static void set(UnaryOperator<@Nullable String> environment, String name, String value) {
        if (environment.apply(name) == null) {
            System.setProperty(name, value);
        }
    }

    /**
     * The libtorch that {@code PYTORCH_LIBRARY_PATH} names; null if it names none and the build brings its own.
     *
     * @param environment values of environment variables, null where not set
     * @param engine version that the engine was made for
     * @param bundled whether this build has a libtorch
     * @throws StageFailure {@link ExitCode#USAGE} if there is none, or none that the engine can load
     */
    static @Nullable LibTorch find(UnaryOperator<@Nullable String> environment, String engine, boolean bundled) {
        String path = environment.apply(PATH);
        String said = environment.apply(VERSION);
        if (path == null || path.isBlank()) {
            if (said != null) {
                throw usage(VERSION, said, "is of use with " + PATH + " alone: unset it, or name a folder");
            }
            if (!bundled) {
                throw usage(PATH, "nothing, and this build has no libtorch of its own", "must be " + folder(engine));
            }
            return null;
        }
        Path folder = first(path);
        if (folder == null) {
            throw usage(PATH, path + " without a " + TORCH, "must be " + folder(engine));
        }
        String found = version(folder, said);
        if (found == null) {
            Path parent = parent(folder);
            throw usage(
                    PATH,
                    folder + " with neither " + parent.resolve(PYTHON) + " nor " + parent.resolve(ARCHIVE),
                    VERSION + " must say its version, which must be " + engine);
        }
        String plain = found.replaceFirst("\\+.*", "");
        boolean own = Files.exists(folder.resolve(JNI));
        if (!own && !plain.equals(engine)) {
            throw usage(
                    PATH,
                    "torch " + found + " in " + folder,
                    "must be " + engine + ", or have a " + JNI + " beside it that was built for it");
        }
        String flavor = Files.exists(folder.resolve(CUDA)) ? CUDA_FLAVOR : "cpu";
        agree(VERSION, said, plain);
        agree(FLAVOR, environment.apply(FLAVOR), flavor);
        return new LibTorch(folder, plain, flavor);
    }

    private static String folder(String engine) {
        return "the folder of the " + TORCH + " of torch " + engine + ", such as .../site-packages/torch/lib";
    }

    private static void agree(String name, @Nullable String said, String found) {
        if (said != null && !said.equals(found)) {
            throw usage(name, said, "must be " + found + ", which " + PATH + " has, or not set");
        }
    }

    /** The first of the folders, or libraries, that is there, as DJL searches. */
    private static @Nullable Path first(String path) {
        for (String entry : path.split(Pattern.quote(File.pathSeparator), -1)) {
            Path file = Path.of(entry).toAbsolutePath();
            if (Files.isRegularFile(file) && AtomicFiles.name(file).equals(TORCH)) {
                return parent(file);
            }
            if (!entry.isEmpty() && Files.isRegularFile(file.resolve(TORCH))) {
                return file;
            }
        }
        return null;
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    /** What the package says, or else what the user says. */
    private static @Nullable String version(Path folder, @Nullable String said) {
        try {
            // A container image may link the library folder of a package to a short path.
            for (Path home : List.of(parent(folder), parent(folder.toRealPath()))) {
                Path python = home.resolve(PYTHON);
                if (Files.isRegularFile(python)) {
                    Matcher line = PYTHON_LINE.matcher(Files.readString(python, StandardCharsets.UTF_8));
                    if (line.find()) {
                        return line.group(1);
                    }
                }
                Path archive = home.resolve(ARCHIVE);
                if (Files.isRegularFile(archive)) {
                    return Files.readString(archive, StandardCharsets.UTF_8).strip();
                }
            }
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, folder + ": cannot read the version of torch: must be readable", e);
        }
        return said;
    }

    private static StageFailure usage(String variable, String found, String allowed) {
        return new StageFailure(ExitCode.USAGE, variable + ": found " + found + ": " + allowed);
    }

    /** Version of libtorch that DJL's JNI library of this build was made for. */
    static String engineVersion() {
        // Such as 2.7.1-0.36.0: version of libtorch, version of DJL.
        return List.of(resource("jnilib/pytorch.properties", "jni_version").split("-", -1))
                .get(0);
    }

    /** Whether this build has a libtorch of its own. */
    static boolean bundled() {
        return LibTorch.class.getClassLoader().getResource("native/lib/pytorch.properties") != null;
    }

    private static String resource(String file, String key) {
        try (InputStream in = LibTorch.class.getClassLoader().getResourceAsStream(file)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            String value = properties.getProperty(key);
            if (value == null) {
                throw new IllegalStateException(file + ": no " + key + ": the build lacks pytorch-jni");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalStateException(file + ": cannot be read from the class path", e);
        }
    }
}
