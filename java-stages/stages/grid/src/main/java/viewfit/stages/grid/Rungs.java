package viewfit.stages.grid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import viewfit.core.select.Halving;
import viewfit.core.select.Training;

/**
 * What a sweep costs that successive halving thins out. Which of the groups that compete go on is not known: at least it is those
 * that have least to do after the first rung, at most those that have most.
 *
 * @param epochs that it stops cells after, in ascending order, at least one
 * @param keep share of the groups that goes on
 */
record Rungs(List<Integer> epochs, double keep) {
    /** Groups of a plan, cells that differ in their seed alone, by what they compete within. */
    static Map<Training, List<List<Plan.Line>>> groups(Plan plan) {
        Map<String, List<Plan.Line>> groups = new LinkedHashMap<>();
        plan.lines().forEach(line -> groups.computeIfAbsent(line.cell().row().group(), g -> new ArrayList<>())
                .add(line));
        Map<Training, List<List<Plan.Line>>> rivals = new LinkedHashMap<>();
        groups.values().forEach(group -> rivals.computeIfAbsent(
                        Training.of(group.get(0).cell().recipe()), t -> new ArrayList<>())
                .add(group));
        return rivals;
    }

    /** How many groups go on after each rung. */
    List<Integer> going(Plan plan) {
        int[] all = new int[epochs.size()];
        groups(plan).forEach((training, groups) -> {
            int going = groups.size();
            for (int rung = 0; rung < all.length; rung++) {
                going = Halving.kept(training, going, keep);
                all[rung] += going;
            }
        });
        return Arrays.stream(all).boxed().toList();
    }

    /** @param cost of a whole cell */
    double least(Plan plan, ToDoubleFunction<Plan.Line> cost) {
        return done(plan, cost, 1);
    }

    /** @param cost of a whole cell */
    double most(Plan plan, ToDoubleFunction<Plan.Line> cost) {
        return done(plan, cost, -1);
    }

    /** Of all groups, if they go on in the order of what they have to do after the first rung, times the sign. */
    private double done(Plan plan, ToDoubleFunction<Plan.Line> cost, int sign) {
        return groups(plan).entrySet().stream()
                .mapToDouble(of -> done(of.getKey(), of.getValue(), cost, sign))
                .sum();
    }

    private double done(Training training, List<List<Plan.Line>> groups, ToDoubleFunction<Plan.Line> cost, int sign) {
        int first = epochs.get(0);
        groups.sort(
                Comparator.comparingDouble(group -> sign * between(List.of(group), cost, first, Integer.MAX_VALUE)));
        double done = 0;
        int going = groups.size();
        int before = 0;
        for (int epoch : epochs) {
            done += between(groups.subList(0, going), cost, before, epoch);
            going = Halving.kept(training, going, keep);
            before = epoch;
        }
        return done + between(groups.subList(0, going), cost, before, Integer.MAX_VALUE);
    }

    private static double between(List<List<Plan.Line>> groups, ToDoubleFunction<Plan.Line> cost, int from, int to) {
        return groups.stream()
                .flatMap(List::stream)
                .mapToDouble(line -> {
                    int epochs = line.cell().recipe().epochs();
                    return cost.applyAsDouble(line) * (Math.min(to, epochs) - from) / epochs;
                })
                .sum();
    }
}
