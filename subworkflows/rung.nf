/*
 * A rung of successive halving: all cells train up to one epoch, and the better groups of them go on.
 */
include { PRETRAIN as PRETRAIN_PART } from '../modules/pretrain'
include { HALVE                     } from '../modules/halve'

workflow RUNG {
    take:
    cells                                             // [[id], recipe, state of the rung before or []]
    until                                             // epoch
    keep
    grid
    train
    heldout
    weights
    images
    pack
    code

    main:
    PRETRAIN_PART(cells, until, train, heldout, weights, images, pack, code.pretrain)
    HALVE(grid, PRETRAIN_PART.out.folder.collect(sort: true), keep, code.halve)
    chosen = workflow.stubRun ? PRETRAIN_PART.out.state.map { meta, state -> [meta] }
        : HALVE.out.decision.flatMap { table -> Halving.goOn(table) }.map { cell -> [[id: cell]] }

    emit:
    cells    = cells.map { meta, recipe, before -> [meta, recipe] }.join(PRETRAIN_PART.out.state).join(chosen)
    ended    = HALVE.out.ended.flatten()              // folders of results
    decision = HALVE.out.decision
}
