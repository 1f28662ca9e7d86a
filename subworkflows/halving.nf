/*
 * Successive halving: up to three rungs. Cells that no rung stops come out with the state they are in; without a rung all do, and
 * have none.
 */
include { RUNG as RUNG_1; RUNG as RUNG_2; RUNG as RUNG_3 } from './rung'

workflow HALVING {
    take:
    cells                                             // [[id], recipe]
    epochs                                            // a list, one for each rung
    keep                                              // share of the groups that goes on, if it is not to be the usual one
    grid
    train
    heldout
    weights
    images
    pack
    code

    main:
    Halving.forget(file(params.outdir))
    def (first, second, third) = epochs
    begin = (epochs ? cells.combine(heldout.map { list -> rankable(list) }) : cells).map { cell -> [cell[0], cell[1], []] }
    RUNG_1(begin,            first,  keep, grid, train, heldout, weights, images, pack, code)
    RUNG_2(RUNG_1.out.cells, second, keep, grid, train, heldout, weights, images, pack, code)
    RUNG_3(RUNG_2.out.cells, third,  keep, grid, train, heldout, weights, images, pack, code)

    emit:
    cells     = RUNG_3.out.cells                      // [[id], recipe, state of the last rung or []]
    ended     = RUNG_1.out.ended.mix(RUNG_2.out.ended, RUNG_3.out.ended)             // folders of results
    decisions = RUNG_1.out.decision.mix(RUNG_2.out.decision, RUNG_3.out.decision)
}

// There is no point in training to a rung that nothing can be ranked at.
def rankable(heldout) {
    Tables.hasRows(heldout, workflow.stubRun)
        ?: exit(65, '--halve_at: found no held-out images: needs labelled images and --heldout_per_class above 0')
}
