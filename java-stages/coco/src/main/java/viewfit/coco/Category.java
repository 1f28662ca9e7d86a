package viewfit.coco;

/** A class of objects. */
public record Category(long id, String name) {}
