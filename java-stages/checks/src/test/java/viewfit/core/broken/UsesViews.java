package viewfit.core.broken;

import viewfit.views.broken.UsesCore;

/** Breaks the arrow from views to core, and makes a cycle with it. */
public class UsesViews {
    UsesCore above = new UsesCore();
}
