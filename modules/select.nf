// The held-out scores of all cells -> the best recipe of each method and backbone, and the cells that may be tested. It has
// nothing of the test split.
process SELECT {
    label 'light'

    input:
    path grid
    path probes, stageAs: 'probe/*'
    val by                                            // name of a held-out score, if it is not to be the default
    val code

    output:
    path 'select/selection.json', emit: selection
    path 'select/selection.csv',  emit: ranks
    path 'select',                emit: folder

    script:
    def score = by ? "--by '${by}'" : ''
    """
    stage select --grid ${grid} --probes probe ${score} --out select
    """

    stub:
    """
    stage select --stub --out select
    """
}
