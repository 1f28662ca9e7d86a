package viewfit.formats;

import java.nio.ByteBuffer;
import viewfit.core.contract.StageFailure;

/** Where the arrays of a torch file lie. */
interface TorchStorages {
    /**
     * The bytes of a whole array, little-endian, without a copy where the file allows it.
     *
     * @throws StageFailure BAD_DATA if the file does not hold it as announced
     */
    ByteBuffer bytes(TorchStorage storage);
}
