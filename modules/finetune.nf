// A checkpoint and a small labelled subset -> scores of the fine-tuned network.
process FINETUNE {
    tag "${meta.id}.${fraction}"
    label 'trains'
    memory { Failures.memory(task) }
    time   { Failures.time(task) }
    maxRetries Failures.RETRIES
    errorStrategy { Failures.strategy(task, meta.id, fraction) }

    input:
    tuple val(meta), path(checkpoint), val(fraction), path(recipe), path(labels)
    path heldout
    path classes
    val images
    path pack                                         // index of a packed copy, if that is to be read instead
    val code

    output:
    tuple val(meta), val(fraction), path("${meta.id}.${fraction}/metrics.json"),       emit: metrics
    tuple val(meta), val(fraction), path("${meta.id}.${fraction}/finetune-curve.csv"), emit: curve, optional: true
    tuple val(meta), val(fraction), path("${meta.id}.${fraction}/predictions.csv"),    emit: predictions, optional: true
    path "${meta.id}.${fraction}",                                                     emit: folder

    script:
    def photos = Photos.of(images, pack)
    def device = params.gpus ? 'cuda' : 'auto'       // a GPU that was asked for and is not there is an error
    """
    with-gpu stage finetune --cell '${meta.id}' --fraction ${fraction} --checkpoint ${checkpoint} --recipe ${recipe} \\
        --train ${labels} --eval ${heldout} --classes ${classes} --images ${photos} --threads ${task.cpus} \\
        --device ${device} --out '${meta.id}.${fraction}'
    """

    stub:
    """
    stage finetune --stub --cell '${meta.id}' --fraction ${fraction} --out '${meta.id}.${fraction}'
    """
}
