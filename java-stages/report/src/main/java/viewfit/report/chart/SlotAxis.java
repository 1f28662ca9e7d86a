package viewfit.report.chart;

import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** An x axis whose only ticks are given names at given places: bars stay free to sit anywhere between them. */
final class SlotAxis extends NumberAxis {
    /** Between two labels, in logical pixels. */
    private static final double APART = 5;

    private final transient List<Slot> slots;
    private boolean all = true;

    record Slot(String label, double x) {}

    /** Slots in order of x. */
    SlotAxis(List<Slot> slots, double from, double to) {
        super(null);
        this.slots = List.copyOf(slots);
        setAutoRange(false);
        setRange(from, to);
    }

    /** A label that would run into the one before has a tick alone. */
    void leaveOutWhereTheyMeet() {
        all = false;
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D g2, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
        List<NumberTick> ticks = new ArrayList<>();
        FontMetrics letters = g2.getFontMetrics(getTickLabelFont());
        TextAnchor anchor = isVerticalTickLabels()
                ? TextAnchor.CENTER_RIGHT
                : edge.equals(RectangleEdge.TOP) ? TextAnchor.BOTTOM_CENTER : TextAnchor.TOP_CENTER;
        double end = Double.NEGATIVE_INFINITY;
        for (Slot slot : slots) {
            double at = valueToJava2D(slot.x(), dataArea, edge);
            double half = letters.stringWidth(slot.label()) / 2.0;
            boolean room = all || at - half > end + APART;
            if (room) {
                end = at + half;
            }
            ticks.add(new NumberTick(
                    slot.x(), room ? slot.label() : "", anchor, anchor, isVerticalTickLabels() ? -Math.PI / 2 : 0));
        }
        return ticks;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotAxis axis && slots.equals(axis.slots) && all == axis.all && super.equals(other);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + slots.hashCode();
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
        return super.clone();
    }
}
