package viewfit.coco;

/** What happens where the reference does something that its user hardly wants. */
public enum Rules {
    /** It is an error, or behaviour that is documented and warned of. */
    SAFE,
    /** As the reference does it; where the reference fails, an error. */
    STRICT_REFERENCE
}
