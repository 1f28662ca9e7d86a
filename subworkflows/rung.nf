/*
 * A rung of successive halving: all cells train up to one epoch, and the better groups of them go on. Without an epoch there is no
 * rung, and all do.
 */
include { PRETRAIN as PRETRAIN_PART } from '../modules/pretrain'
include { HALVE                     } from '../modules/halve'

workflow RUNG {
    take:
    cells                                             // [[id], recipe, state of the rung before or []]
    until                                             // epoch, or null
    keep
    grid
    train
    heldout
    weights
    images
    pack
    code

    main:
    on       = cells
    ended    = Channel.empty()
    decision = Channel.empty()
    if( until ) {
        PRETRAIN_PART(cells, until, train, heldout, weights, images, pack, code.pretrain)
        HALVE(grid, PRETRAIN_PART.out.folder.collect(sort: true), keep, code.halve)
        chosen   = workflow.stubRun ? PRETRAIN_PART.out.state.map { meta, state -> [meta] }
            : HALVE.out.decision.flatMap { table -> Halving.goOn(table) }.map { cell -> [[id: cell]] }
        on       = cells.map { meta, recipe, before -> [meta, recipe] }.join(PRETRAIN_PART.out.state).join(chosen)
        ended    = HALVE.out.ended.flatten()
        decision = HALVE.out.decision
    }

    emit:
    cells    = on
    ended    = ended                                  // folders of results
    decision = decision
}
