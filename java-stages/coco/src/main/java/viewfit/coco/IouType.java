package viewfit.coco;

/** What of two objects is compared. */
public enum IouType {
    /** Their boxes. */
    BBOX,
    /** Their masks. */
    SEGM
}
