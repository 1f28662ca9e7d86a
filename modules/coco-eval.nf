// Annotations and the results of a detector -> the COCO metric. No part of main.nf: detectors are trained elsewhere, with what
// coco-export wrote; a workflow that has their results includes this process.
process COCO_EVAL {
    label 'light'

    input:
    path annotations, stageAs: 'annotations/*'
    path results,     stageAs: 'results/*'
    val type
    val code

    output:
    path 'coco-eval/coco-eval.json',   emit: scores
    path 'coco-eval/coco-classes.csv', emit: classes
    path 'coco-eval/coco-curves.csv',  emit: curves
    path 'coco-eval/coco-curves.png',  emit: figure
    path 'coco-eval/coco-curves.svg',  emit: figure_svg
    path 'coco-eval',                  emit: folder

    script:
    """
    stage coco-eval --annotations ${annotations} --results ${results} --type ${type} --threads ${task.cpus} --out coco-eval
    """

    stub:
    """
    stage coco-eval --stub --out coco-eval
    """
}
