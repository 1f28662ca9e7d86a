// The runs of a sweep up to some epoch -> which of its cells go on, and the results of those that end here.
process HALVE {
    label 'light'

    input:
    path grid
    path runs, stageAs: 'runs/*'
    val keep                                          // share of the groups that goes on, if it is not to be the usual one
    val code

    output:
    path 'halving.csv', emit: decision
    path 'ended/*',     emit: ended, optional: true

    script:
    def share = keep ? "--keep ${keep}" : ''
    """
    stage halve --grid ${grid} --runs runs ${share} --out .
    """

    stub:
    """
    stage halve --stub --out .
    """
}
