package viewfit.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;
import viewfit.core.select.TestPermit;

/** The arrows between modules and the few things that may be done in one place only. */
final class HouseRules {
    private HouseRules() {}

    /** Every rule by name; {@link ArchitectureTest} holds the house to them, {@link RulesBiteTest} shows each can fail. */
    static Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("arrows", arrows());
        rules.put("no-cycles", noCycles());
        rules.put("stages-apart", stagesApart());
        rules.put("djl", djlOnlyInEngine());
        rules.put("djl-arrays", onlyArraysLeaveTheEngine());
        rules.put("native-memory", noMemoryManagersInFields());
        rules.put("jna", only("com.sun.jna..", "viewfit.engine.."));
        rules.put("charts", only("org.jfree..", "viewfit.report.."));
        rules.put("picocli", only("picocli..", "viewfit.cli..", "viewfit.stages.."));
        rules.put("tar", only("org.apache.commons.compress..", "viewfit.core.images.."));
        rules.put("hdf5", only("io.jhdf..", "viewfit.core.images.."));
        rules.put("onnxruntime", only("ai.onnxruntime..", "viewfit.stages.cocoexport.."));
        rules.put("awt", awtOnlyForPictures());
        rules.put("exit", exitOnlyInStageMain());
        rules.put("console", consoleOnlyInCliAndProgress());
        rules.put("chance", randomnessOnlyBySeed());
        rules.put("clock", clockOnlyInCliAndProgress());
        rules.put("recipes-are-data", recipesAreData());
        rules.put("test-split", onlyTheTestOpensTheTestSplit());
        rules.put("null-marked", everyPackageIsNullMarked());
        return rules;
    }

    /** A library is used by those and nobody else. */
    private static ArchRule only(String library, String... users) {
        return noClasses()
                .that(not(resideInAnyPackage(users)))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .allowEmptyShould(true);
    }

    static ArchRule arrows() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("core")
                .definedBy("viewfit.core..")
                .layer("views")
                .definedBy("viewfit.views..")
                .layer("graph")
                .definedBy("viewfit.graph..")
                .layer("zoo")
                .definedBy("viewfit.zoo..")
                .layer("formats")
                .definedBy("viewfit.formats..")
                .layer("engine")
                .definedBy("viewfit.engine..")
                .layer("ssl")
                .definedBy("viewfit.ssl..")
                .layer("eval")
                .definedBy("viewfit.eval..")
                .layer("coco")
                .definedBy("viewfit.coco..")
                .layer("report")
                .definedBy("viewfit.report..")
                .layer("cli")
                .definedBy("viewfit.cli..")
                .layer("stages")
                .definedBy("viewfit.stages..")
                .whereLayer("core")
                .mayNotAccessAnyLayer()
                .whereLayer("views")
                .mayOnlyAccessLayers("core")
                .whereLayer("graph")
                .mayOnlyAccessLayers("core")
                .whereLayer("cli")
                .mayOnlyAccessLayers("core")
                .whereLayer("coco")
                .mayOnlyAccessLayers("core")
                .whereLayer("report")
                .mayOnlyAccessLayers("core")
                .whereLayer("zoo")
                .mayOnlyAccessLayers("core", "graph")
                .whereLayer("formats")
                .mayOnlyAccessLayers("core", "graph")
                .whereLayer("engine")
                .mayOnlyAccessLayers("core", "graph")
                .whereLayer("ssl")
                .mayOnlyAccessLayers("core", "graph", "zoo", "views", "engine", "formats")
                .whereLayer("eval")
                .mayOnlyAccessLayers("core", "graph", "zoo", "views", "engine", "formats")
                .whereLayer("stages")
                .mayNotBeAccessedByAnyLayer();
    }

    static ArchRule noCycles() {
        return slices().matching("viewfit.(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Stages meet in files. */
    static ArchRule stagesApart() {
        return slices().matching("viewfit.stages.(*)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true);
    }

    static ArchRule djlOnlyInEngine() {
        return only("ai.djl..", "viewfit.engine..", "viewfit.ssl..", "viewfit.eval..");
    }

    /** Training and evaluation hold the arrays that the engine hands out, and know nothing else of DJL. */
    static ArchRule onlyArraysLeaveTheEngine() {
        return noClasses()
                .that()
                .resideInAnyPackage("viewfit.ssl..", "viewfit.eval..")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl..")
                        .and(not(nameMatching("ai\\.djl\\.ndarray\\.(NDArray|NDManager|NDList|types\\..*)"))))
                .allowEmptyShould(true);
    }

    /** Native memory has three lifetimes: run, step, call. A manager in a field outlives its scope. */
    static ArchRule noMemoryManagersInFields() {
        return fields().that()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage("viewfit.engine..")
                .should()
                .notHaveRawType("ai.djl.ndarray.NDManager")
                .allowEmptyShould(true);
    }

    static ArchRule awtOnlyForPictures() {
        return noClasses()
                .that(not(resideInAnyPackage("viewfit.views..", "viewfit.report..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.awt..", "javax.imageio..", "javax.swing.."));
    }

    static ArchRule exitOnlyInStageMain() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName("viewfit.cli.StageMain")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class);
    }

    static ArchRule consoleOnlyInCliAndProgress() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("viewfit.cli..", "viewfit.core.progress..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err");
    }

    /** Randomness is addressed by seed, purpose, epoch, index and view, so that nothing else can change a result. */
    static ArchRule randomnessOnlyBySeed() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("viewfit.core.random..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class, java.util.SplittableRandom.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(java.util.Collections.class, "shuffle", java.util.List.class);
    }

    static ArchRule clockOnlyInCliAndProgress() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("viewfit.cli..", "viewfit.core.progress..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class);
    }

    /** What a recipe says is in records, enums and sealed interfaces; only the reader is code. */
    static ArchRule recipesAreData() {
        return classes()
                .that()
                .resideInAPackage("viewfit.core.recipe..")
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .and()
                .areNotAssignableTo(Throwable.class)
                .and()
                .haveNameNotMatching(".*\\.(Recipes|RecordTree|Spelling)")
                .should(new ArchCondition<>("be records, enums, annotations or sealed interfaces") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean data = type.isRecord()
                                || type.isEnum()
                                || type.isAnnotation()
                                || (type.isInterface() && type.reflect().isSealed());
                        if (!data) {
                            events.add(SimpleConditionEvent.violated(type, type.getName() + " is neither"));
                        }
                    }
                })
                .allowEmptyShould(true);
    }

    /** A permit to open the test split is asked for by the stage that scores what was selected, and by nobody else. */
    static ArchRule onlyTheTestOpensTheTestSplit() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("viewfit.stages.test..")
                .should()
                .callMethod(TestPermit.class, "of", Path.class, String.class, String.class, String.class);
    }

    static ArchRule everyPackageIsNullMarked() {
        return classes()
                .that()
                .resideInAPackage("viewfit..")
                .should(new ArchCondition<>("live in a package annotated @NullMarked") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                            events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not"));
                        }
                    }
                });
    }
}
