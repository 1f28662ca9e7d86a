package viewfit.views.broken;

import viewfit.core.broken.UsesViews;

/** The other half of the cycle. */
public class UsesCore {
    UsesViews below;
}
