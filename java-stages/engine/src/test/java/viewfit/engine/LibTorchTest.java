package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Folders as packages leave them, with empty libraries. */
class LibTorchTest {
    private static final String ENGINE = "2.7.1";

    @TempDir
    private Path home;

    private Path lib;

    @BeforeEach
    void library() throws IOException {
        lib = Files.createDirectory(home.resolve("lib"));
        library("torch");
    }

    private void library(String name) throws IOException {
        Files.writeString(lib.resolve(System.mapLibraryName(name)), "");
    }

    private void wheel(String version) throws IOException {
        Files.writeString(
                home.resolve("version.py"),
                """
                from typing import Optional

                __all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
                __version__ = '%s'
                debug = False
                cuda: Optional[str] = '12.8'
                """
                        .formatted(version));
    }

    private LibTorch find(String... more) {
        return find(true, more);
    }

    private LibTorch find(boolean bundled, String... more) {
        Map<String, String> environment = new java.util.HashMap<>(Map.of(LibTorch.PATH, lib.toString()));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        environment.values().removeIf("-"::equals);
        return LibTorch.find(environment::get, ENGINE, bundled);
    }

    private String refused(String... more) {
        return refused(true, more);
    }

    private String refused(boolean bundled, String... more) {
        StageFailure e = assertThrows(StageFailure.class, () -> find(bundled, more));
        assertEquals(ExitCode.USAGE, e.exitCode());
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void aWheelIsKnownByItsVersionFile() throws IOException {
        wheel("2.7.1+cpu");
        assertEquals(new LibTorch(lib, ENGINE, "cpu"), find());
        library("torch_cuda");
        for (String version : new String[] {"2.7.1+cu128", "2.7.1+cu126", "2.7.1"}) {
            wheel(version);
            assertEquals(new LibTorch(lib, ENGINE, "cu128"), find());
        }
    }

    /** As in the container image. */
    @Test
    void aLinkToItsLibrariesIsKnownByThePackageBehindIt() throws IOException {
        wheel("2.7.1+cu128");
        library("torch_cuda");
        Path link = Files.createSymbolicLink(
                Files.createDirectory(home.resolve("opt")).resolve("libtorch"), lib);
        assertEquals(new LibTorch(link, ENGINE, "cu128"), find(LibTorch.PATH, link.toString()));
    }

    @Test
    void anArchiveIsKnownByItsVersionFile() throws IOException {
        Files.writeString(home.resolve("build-version"), "2.7.1+cu128\n");
        library("torch_cuda");
        assertEquals(new LibTorch(lib, ENGINE, "cu128"), find());
    }

    @Test
    void anotherVersionIsNamed() throws IOException {
        for (String version : new String[] {"2.11.0+cu130", "2.7.0", "2.7.1a0+git1234", "2.7.10", "12.7.1"}) {
            wheel(version);
            assertEquals(
                    "PYTORCH_LIBRARY_PATH: found torch " + version + " in " + lib + ": must be 2.7.1, or have a "
                            + System.mapLibraryName("djl_torch") + " beside it that was built for it",
                    refused());
        }
    }

    /** Whoever built DJL's library for another libtorch put it beside it. */
    @Test
    void anotherVersionWithItsOwnLibraryIsTaken() throws IOException {
        wheel("2.11.0+cu130");
        library("torch_cuda");
        library("djl_torch");
        assertEquals(new LibTorch(lib, "2.11.0", "cu128"), find());
    }

    @Test
    void withoutVersionFileTheUserSaysIt() {
        assertEquals(
                "PYTORCH_LIBRARY_PATH: found " + lib + " with neither " + home.resolve("version.py") + " nor "
                        + home.resolve("build-version") + ": PYTORCH_VERSION must say its version, which must be 2.7.1",
                refused());
        assertEquals(new LibTorch(lib, ENGINE, "cpu"), find(LibTorch.VERSION, ENGINE));
        assertTrue(refused(LibTorch.VERSION, "2.6.0").contains("found torch 2.6.0 in "));
    }

    @Test
    void whatIsSaidMustAgree() throws IOException {
        wheel("2.7.1+cu128");
        assertEquals(
                "PYTORCH_VERSION: found 2.6.0: must be 2.7.1, which PYTORCH_LIBRARY_PATH has, or not set",
                refused(LibTorch.VERSION, "2.6.0"));
        assertEquals(
                "PYTORCH_FLAVOR: found cu128: must be cpu, which PYTORCH_LIBRARY_PATH has, or not set",
                refused(LibTorch.FLAVOR, "cu128"));
        library("torch_cuda");
        assertEquals(new LibTorch(lib, ENGINE, "cu128"), find(LibTorch.VERSION, ENGINE, LibTorch.FLAVOR, "cu128"));
    }

    @Test
    void aPathWithoutLibraryIsNotPassedOver() throws IOException {
        String torch = System.mapLibraryName("torch");
        assertEquals(
                "PYTORCH_LIBRARY_PATH: found " + home + " without a " + torch + ": must be the folder of the " + torch
                        + " of torch 2.7.1, such as .../site-packages/torch/lib",
                refused(LibTorch.PATH, home.toString()));
        wheel(ENGINE);
        LibTorch expected = new LibTorch(lib, ENGINE, "cpu");
        assertEquals(expected, find(LibTorch.PATH, "/nowhere" + File.pathSeparator + File.pathSeparator + lib));
        assertEquals(expected, find(LibTorch.PATH, lib.resolve(torch).toString()));
    }

    @Test
    void withoutPathTheBuildsOwnIsMeant() {
        assertNull(find(LibTorch.PATH, "-"));
        assertNull(find(LibTorch.PATH, ""));
        assertTrue(
                refused(false, LibTorch.PATH, "-").startsWith("PYTORCH_LIBRARY_PATH: found nothing, and this build"));
        assertEquals(
                "PYTORCH_VERSION: found 2.7.1: is of use with PYTORCH_LIBRARY_PATH alone: unset it, or name a folder",
                refused(LibTorch.PATH, "-", LibTorch.VERSION, ENGINE));
    }

    @Test
    void onlyWhatIsNotSetIsChosen() {
        try {
            new LibTorch(lib, "2.7.1", "cu128").choose(Map.of(LibTorch.VERSION, "2.7.1")::get);
            assertNull(System.getProperty(LibTorch.VERSION));
            assertEquals("cu128", System.getProperty(LibTorch.FLAVOR));
        } finally {
            System.clearProperty(LibTorch.FLAVOR);
        }
    }

    /** The version of the check is that of the libraries of this build. */
    @Test
    void theBuildKnowsItsVersion() {
        assertTrue(LibTorch.bundled());
        assertTrue(LibTorch.engineVersion().matches("\\d+\\.\\d+\\.\\d+"), LibTorch.engineVersion());
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            assertTrue(runtime.engine().startsWith("PyTorch " + LibTorch.engineVersion() + " "), runtime.engine());
        }
    }
}
