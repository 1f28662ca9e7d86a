package viewfit.coco;

/**
 * How results are evaluated.
 *
 * @param type what of two objects is compared
 * @param proposals whether classes are left out of account: one class stands for all
 * @param rules what happens in corners
 * @param countIdZero whether a match with the annotation of identifier 0 counts; the reference takes it for none
 * @param threads at least 1; they change no number
 */
public record Settings(IouType type, boolean proposals, Rules rules, boolean countIdZero, int threads) {}
