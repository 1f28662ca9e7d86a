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
include { RUNG as RUNG_1; RUNG as RUNG_2; RUNG as RUNG_3 } from './subworkflows/rung'
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
    if( problem ) {
        exit 64, problem
    }
    def code   = Launch.code(projectDir)            // stage -> fingerprint of its jars: changed code runs again
    if( params.plan ) {
        def plan = Launch.plan(projectDir, params)
        if( plan[0] != 0 ) exit plan[0], plan[1]
        println plan[1]
        println 'To resume a run after this, name its session: -resume <id from bin/viewfit log>.'
        exit 0
    }
    problem = Launch.gridProblem(projectDir, params)
    if( problem ) {
        exit problem[0], problem[1]
    }
    def placed = Launch.files(projectDir, params)   // grid and recipes: yours, or those of the project
    def images = file(params.input, type: 'any').toAbsolutePath()
    def skips  = params.on_damaged == 'skip'        // a quota without it changes nothing, not even for -resume
    def damaged = skips ? "--on-damaged skip --damaged-quota ${params.damaged_quota}" : ''

    // Photographs become manifests: train, held-out validation, test, and the 1 % and 10 % label subsets.
    SPLIT(images, Launch.listing(images), given(params.labels_1pct), given(params.labels_10pct),
        params.heldout_per_class, params.split_seed, damaged, code.split)

    // With --pack, one packed copy of them is what everything after it reads.
    if( params.pack ) {
        PACK(images, SPLIT.out.train, SPLIT.out.heldout, params.pack, params.pack_short_side ?: 0, code.pack)
    }
    pack = params.pack ? PACK.out.index : []

    // The grid becomes complete recipes, each read strictly before anything is trained: [[id], recipe.yml]
    GRID(file(placed.grid), file(placed.recipes), SPLIT.out.shapes, code.grid)
    cells = GRID.out.cells.flatten().map { recipe -> [[id: recipe.baseName], recipe] }

    // How far global and local views are apart on these photographs: once for each different set of views.
    VIEWS(GRID.out.views.flatten().map { recipe -> [[id: recipe.baseName], recipe] },
        SPLIT.out.shapes, SPLIT.out.train, images, pack, damaged, code.views)

    // With --halve_at all cells train up to an epoch first, and only the better ones go on, from the state they are in.
    def epochs = Halving.epochs(params)
    def keep   = params.halve_keep ?: ''            // the stage has the usual share
    todo    = (epochs ? cells.combine(SPLIT.out.heldout.map { list -> halvable(list) }) : cells)
        .map { cell -> [cell[0], cell[1], []] }     // no state yet
    early   = Channel.empty()                       // results of the cells that ended on the way
    halving = Channel.empty()                       // decisions
    if( epochs.size() > 0 ) {
        RUNG_1(todo, epochs[0], keep, GRID.out.folder, SPLIT.out.train, SPLIT.out.heldout, given(params.weights), images,
            pack, code)
        (todo, early, halving) = [RUNG_1.out.cells, early.mix(RUNG_1.out.ended), halving.mix(RUNG_1.out.decision)]
    }
    if( epochs.size() > 1 ) {
        RUNG_2(todo, epochs[1], keep, GRID.out.folder, SPLIT.out.train, SPLIT.out.heldout, given(params.weights), images,
            pack, code)
        (todo, early, halving) = [RUNG_2.out.cells, early.mix(RUNG_2.out.ended), halving.mix(RUNG_2.out.decision)]
    }
    if( epochs.size() > 2 ) {
        RUNG_3(todo, epochs[2], keep, GRID.out.folder, SPLIT.out.train, SPLIT.out.heldout, given(params.weights), images,
            pack, code)
        (todo, early, halving) = [RUNG_3.out.cells, early.mix(RUNG_3.out.ended), halving.mix(RUNG_3.out.decision)]
    }

    // Pre-training: one independent task per cell. A cell that diverged has metrics, but no checkpoint; one that failed has nothing.
    PRETRAIN(todo, 0, SPLIT.out.train, SPLIT.out.heldout, given(params.weights), images, pack, code.pretrain)
    networks = PRETRAIN.out.checkpoint              // [[id], checkpoint]

    // Frozen-backbone scores on the held-out images. Without these or without labels there is nothing to score.
    classes = SPLIT.out.classes.filter { file -> hasRows(file) }
    heldout = SPLIT.out.heldout.filter { file -> hasRows(file) }
    PROBE(networks, file(placed.probe_recipe), SPLIT.out.train, heldout, classes, images, pack, code.probe)

    // The best recipe of each method and backbone by these scores; its cells, and those of its baseline, meet the test split:
    // here and nowhere else.
    SELECT(GRID.out.folder, PROBE.out.folder.collect(sort: true), params.select_by ?: '', code.select)
    testsplit = SPLIT.out.test.filter { file -> params.test && hasRows(file) }
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
    ended  = PRETRAIN.out.folder.mix(early, PROBE.out.folder, TEST.out.folder,
        FINETUNE.out.folder, COCO_EXPORT.out.folder).collect().ifEmpty([])
    failed = ended.map { folders -> Failures.table() }.collectFile(name: 'failed.csv', storeDir: params.outdir).first()

    REPORT(
        GRID.out.folder,
        SPLIT.out.folder,
        VIEWS.out.folder.collect(sort: true),
        PRETRAIN.out.folder.mix(early).collect(sort: true).ifEmpty([]),
        PROBE.out.folder.collect(sort: true).ifEmpty([]),
        SELECT.out.folder.ifEmpty([]),
        TEST.out.folder.collect(sort: true).ifEmpty([]),
        FINETUNE.out.folder.collect(sort: true).ifEmpty([]),
        COCO_EXPORT.out.folder.collect(sort: true).ifEmpty([]),
        halving.collect(sort: true).ifEmpty([]),
        failed,
        Launch.command(workflow.commandLine),
        code.report)

    workflow.onComplete = {
        if( workflow.success ) {
            println "\nThe report: ${file(params.outdir).toAbsolutePath()}/report.html"
        }
        else if( workflow.errorMessage == null ) {
            println "\nSome tasks failed for good: ${file(params.outdir).toAbsolutePath()}/failed.csv. The report is there and has gaps."
        }
        else {
            println "\nFailed with exit code ${workflow.exitStatus}: ${workflow.errorMessage?.readLines()?.findAll()?.last()}"
        }
    }
}

// An optional file of the user: no file is an empty list to a process.
def given(name) {
    name ? file(name, checkIfExists: true) : []
}

// There is no point in training to a rung that nothing can be ranked at.
def halvable(heldout) {
    hasRows(heldout) ?: exit(65, '--halve_at: found no held-out images: needs labelled images and --heldout_per_class above 0')
}

// Does a table hold more than its header? A dry run's do not, and it shows all tasks.
def hasRows(table) {
    workflow.stubRun || table.readLines().count { line -> !line.startsWith('#') } > 1
}
