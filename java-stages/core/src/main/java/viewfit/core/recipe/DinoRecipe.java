package viewfit.core.recipe;

/**
 * Self-distillation without labels (Caron et al. 2021, arXiv:2104.14294) with the loss weighted between global and local
 * pairs (Tan, Saleh, Martinez 2023, equation 3).
 *
 * @param name {@code dino}
 * @param alpha weight of the global-global pairs in the loss
 * @param head projection head of student and teacher
 * @param studentTemp temperature of the student softmax
 * @param teacherTemp temperature of the teacher softmax by epoch
 * @param centerMomentum share of the old centre kept at each step
 * @param teacherMomentum share of the old teacher kept at each step, by a cosine
 * @param freezeLastLayerEpochs epochs in which the last layer gets no gradient
 */
public record DinoRecipe(
        @OneOf("dino") String name,
        Alpha alpha,
        HeadRecipe head,
        @Range(min = 0, above = true) double studentTemp,
        RampRecipe teacherTemp,
        @Range(min = 0, max = 1, below = true) double centerMomentum,
        SpanRecipe teacherMomentum,
        @Range(min = 0) int freezeLastLayerEpochs)
        implements MethodRecipe {
    public DinoRecipe {
        Rules.check(
                DinoRecipe.class,
                name,
                alpha,
                head,
                studentTemp,
                teacherTemp,
                centerMomentum,
                teacherMomentum,
                freezeLastLayerEpochs);
        Rules.require(teacherTemp.start() > 0, "teacher-temp.start", teacherTemp.start(), "must be > 0");
        Rules.require(teacherTemp.end() > 0, "teacher-temp.end", teacherTemp.end(), "must be > 0");
        Rules.require(
                unit(teacherMomentum.start()), "teacher-momentum.start", teacherMomentum.start(), "must lie in 0 .. 1");
        Rules.require(unit(teacherMomentum.end()), "teacher-momentum.end", teacherMomentum.end(), "must lie in 0 .. 1");
    }

    private static boolean unit(double v) {
        return v >= 0 && v <= 1;
    }
}
