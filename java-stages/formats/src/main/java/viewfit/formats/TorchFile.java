package viewfit.formats;

import java.util.function.Supplier;
import viewfit.core.contract.StageFailure;

/**
 * A file of {@code torch.save}: some value, in which tensors are {@link TorchView}s of storages in the file. The tensors are
 * made when they are asked for; until then nothing but the pickle has been read.
 *
 * @param form which of the two forms of the format
 * @param root the value, as {@link Unpickler} describes values
 */
record TorchFile(WeightFile.Form form, Object root, TorchStorages storages, MemoryBudget budget) {
    /** First bytes of a zip file. */
    static final int ZIP_SIGNATURE = 0x04034b50;

    /** First byte of a pickle of protocol 2 or later, and of the older form of the format. */
    static final int PICKLE_SIGNATURE = 0x80;

    /**
     * Reads the zip form (torch 1.6 and later).
     *
     * @throws StageFailure BAD_DATA, naming the place, for anything but data
     */
    static TorchFile zip(MappedFile file) {
        MemoryBudget budget = MemoryBudget.of(file);
        TorchGlobals globals = new TorchGlobals();
        TorchZip zip = TorchZip.open(file, budget);
        Object root = zip.pickle(globals);
        globals.storages().forEach(zip::require);
        return new TorchFile(WeightFile.Form.TORCH_ZIP, root, zip, budget);
    }

    /**
     * Reads the form before torch 1.6: pickles and raw storages in a row.
     *
     * @throws StageFailure BAD_DATA, naming the place, for anything but data
     */
    static TorchFile legacy(MappedFile file) {
        TorchGlobals globals = new TorchGlobals();
        TorchLegacy legacy = new TorchLegacy(file);
        Object root = legacy.pickle(globals);
        legacy.locate(globals.storages());
        return new TorchFile(WeightFile.Form.TORCH_LEGACY, root, legacy, MemoryBudget.of(file));
    }

    /**
     * A tensor of the file under a name, made anew whenever it is asked for.
     *
     * @throws StageFailure BAD_DATA at once if the tensors so far need more memory than an honest file of this size
     */
    Supplier<Tensor> tensor(String name, TorchView view) {
        budget.take(Malformed.shown(name), view.copiedBytes());
        return () -> view.tensor(name, storages.bytes(view.storage()));
    }
}
