#!/usr/bin/env nextflow
/*
 * Viewfit: self-supervised pre-training for small vision networks.
 *
 *   photographs -> split -> grid, views -> pretrain (one task per cell of the grid; in parts with --halve_at, and a rung of
 *                  halving after each) -> probe, finetune, coco-export
 *               -> select (by held-out scores) -> test (the chosen cells, once) -> report
 *
 * Each process is one stage (bin/stage NAME --help). The values of an experiment are in its recipe, never here.
 */

include { SPLIT       } from './modules/split'
include { PACK        } from './modules/pack'
include { GRID        } from './modules/grid'
include { VIEWS       } from './modules/views'
include { PRETRAIN    } from './modules/pretrain'
include { HALVING     } from './subworkflows/halving'
include { PROBE       } from './modules/probe'
include { SELECT      } from './modules/select'
include { TEST        } from './modules/test'
include { FINETUNE    } from './modules/finetune'
include { COCO_EXPORT } from './modules/coco-export'
include { REPORT      } from './modules/report'

workflow {
    if( params.help ) {
        println Launch.help(projectDir)
        exit 0
    }
    def problem = Launch.problem(projectDir, params)
    if( problem ) exit 64, problem
    def code = Launch.code(projectDir)              // stage -> fingerprint of its jars: changed code runs again
    if( params.plan ) {
        def plan = Launch.plan(projectDir, params)
        if( plan[0] != 0 ) exit plan[0], plan[1]
        println plan[1]
        println 'To resume a run after this, name its session: -resume <id from bin/viewfit log>.'
        exit 0
    }
    problem = Launch.gridProblem(projectDir, params)
    if( problem ) exit problem[0], problem[1]

    def placed = Launch.files(projectDir, params)   // grid and recipes: yours, or those of the project
    def images = file(params.input, type: 'any').toAbsolutePath()
    def skips  = params.on_damaged == 'skip'        // a quota without it changes nothing, not even for -resume
    def damaged = skips ? "--on-damaged skip --damaged-quota ${params.damaged_quota}" : ''

    // Photographs become manifests: train, held-out validation, test, and the 1 % and 10 % label subsets.
    SPLIT(images, Launch.listing(images), given(params.labels_1pct), given(params.labels_10pct),
        params.heldout_per_class, params.split_seed, damaged, code.split)

    // With --pack, one packed copy of them is what everything after it reads.
    if( params.pack ) PACK(images, SPLIT.out.train, SPLIT.out.heldout, params.pack, params.pack_short_side ?: 0, code.pack)
    pack = params.pack ? PACK.out.index : []

    // The grid becomes complete recipes, each read strictly before anything is trained: [[id], recipe.yml]
    GRID(file(placed.grid), file(placed.recipes), SPLIT.out.shapes, code.grid)
    cells = GRID.out.cells.flatten().map { recipe -> [[id: recipe.baseName], recipe] }

    // How far global and local views are apart on these photographs: once for each different set of views.
    VIEWS(GRID.out.views.flatten().map { recipe -> [[id: recipe.baseName], recipe] },
        SPLIT.out.shapes, SPLIT.out.train, images, pack, damaged, code.views)

    // With --halve_at all cells train up to an epoch first, and only the better ones go on, from the state they are in.
    HALVING(cells, Halving.epochs(params), params.halve_keep ?: '', GRID.out.folder, SPLIT.out.train, SPLIT.out.heldout,
        given(params.weights), images, pack, code)

    // Pre-training: one independent task per cell. A cell that diverged has metrics, but no checkpoint; one that failed has nothing.
    PRETRAIN(HALVING.out.cells, 0, SPLIT.out.train, SPLIT.out.heldout, given(params.weights), images, pack, code.pretrain)
    networks = PRETRAIN.out.checkpoint              // [[id], checkpoint]
    runs = PRETRAIN.out.folder.mix(HALVING.out.ended)

    // Frozen-backbone scores on the held-out images. Without these or without labels there is nothing to score.
    classes = SPLIT.out.classes.filter { file -> Tables.hasRows(file, workflow.stubRun) }
    heldout = SPLIT.out.heldout.filter { file -> Tables.hasRows(file, workflow.stubRun) }
    PROBE(networks, file(placed.probe_recipe), SPLIT.out.train, heldout, classes, images, pack, code.probe)

    // The best recipe of each method and backbone by these scores; its cells, and those of its baseline, meet the test split:
    // here and nowhere else.
    SELECT(GRID.out.folder, PROBE.out.folder.collect(sort: true), params.select_by ?: '', code.select)
    testsplit = SPLIT.out.test.filter { file -> params.test && Tables.hasRows(file, workflow.stubRun) }
    chosen = workflow.stubRun ? networks.map { meta, checkpoint -> [meta] } : SELECT.out.selection.combine(testsplit)
        .flatMap { selection, test -> TestSplit.cells(selection, file("${params.outdir}/test").toAbsolutePath()) }
        .map { cell -> [[id: cell]] }
    classifiers = networks.join(PROBE.out.classifier, remainder: true)      // the fast probe leaves none
        .map { meta, checkpoint, classifier -> [meta, checkpoint, classifier ?: []] }
    TEST(chosen.join(classifiers), SELECT.out.selection, file(placed.probe_recipe), SPLIT.out.train, testsplit,
        classes, images, code.test)

    // Fine-tuning on the label subsets: [[id], checkpoint, fraction, recipe, labels.csv]
    subsets = SPLIT.out.labels_1pct.map { labels -> ['1pct', placed.finetune_1pct, labels] }
        .mix(SPLIT.out.labels_10pct.map { labels -> ['10pct', placed.finetune_10pct, labels] })
        .filter { fraction, recipe, labels -> recipe }
        .map { fraction, recipe, labels -> [fraction, file(recipe), labels] }
    FINETUNE(networks.combine(subsets), heldout, classes, images, pack, code.finetune)

    // The backbone in the formats detection frameworks load.
    COCO_EXPORT(networks, params.export_network, code['coco-export'])

    // When all cells have ended, one way or another: which have gaps, and why.
    ended  = runs.mix(PROBE.out.folder, TEST.out.folder, FINETUNE.out.folder, COCO_EXPORT.out.folder).collect().ifEmpty([])
    failed = ended.map { folders -> Failures.table() }.collectFile(name: 'failed.csv', storeDir: params.outdir).first()

    REPORT(GRID.out.folder, SPLIT.out.folder, VIEWS.out.folder.collect(sort: true), all(runs), all(PROBE.out.folder),
        SELECT.out.folder.ifEmpty([]), all(TEST.out.folder), all(FINETUNE.out.folder), all(COCO_EXPORT.out.folder),
        all(HALVING.out.decisions), failed, Launch.command(workflow.commandLine), code.report)

    workflow.onComplete = { println Launch.ending(workflow, file(params.outdir).toAbsolutePath()) }
}

// What cells have left, in one order; there may be nothing.
def all(folders) {
    folders.collect(sort: true).ifEmpty([])
}

// An optional file of the user: no file is an empty list to a process.
def given(name) {
    name ? file(name, checkIfExists: true) : []
}
