// All that the other stages wrote, in the folders it is published in -> one page, its figures and its tables.
process REPORT {
    label 'light'

    input:
    path grid,    stageAs: 'inputs/*'
    path split,   stageAs: 'inputs/*'
    path views,   stageAs: 'inputs/views/*'
    path runs,    stageAs: 'inputs/pretrain/*'
    path probes,  stageAs: 'inputs/probe/*'
    path select,  stageAs: 'inputs/*'
    path tests,   stageAs: 'inputs/test/*'
    path tunes,   stageAs: 'inputs/finetune/*'
    path exports, stageAs: 'inputs/coco-export/*'
    path halved,  stageAs: 'inputs/halving/?/*'       // decisions of successive halving, if there were any
    path failed,  stageAs: 'inputs/*'                 // tasks of cells that failed for good, and why
    val command                                       // how the run was started, quoted for the shell
    val code

    output:
    path 'report.html', emit: report
    path 'figures',     emit: figures
    path 'tables',      emit: tables

    script:
    """
    stage report --cells inputs/grid/cells.csv --inputs inputs --command ${command} --out .
    """

    stub:
    """
    stage report --stub --out .
    """
}
