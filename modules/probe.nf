// A checkpoint -> scores of the frozen backbone: linear classifier and k-NN, beside those of the untrained one.
process PROBE {
    tag "${meta.id}"
    label 'trains'
    memory { Failures.memory(task) }
    time   { Failures.time(task) }
    maxRetries Failures.RETRIES
    errorStrategy { Failures.strategy(task, meta.id) }

    input:
    tuple val(meta), path(checkpoint)
    path recipe
    path train
    path heldout
    path classes
    val images
    path pack                                         // index of a packed copy, if that is to be read instead
    val code

    output:
    tuple val(meta), path("${meta.id}/metrics.json"),      emit: metrics
    tuple val(meta), path("${meta.id}/probe-curve.csv"),   emit: curve, optional: true
    tuple val(meta), path("${meta.id}/predictions.csv"),   emit: predictions, optional: true
    tuple val(meta), path("${meta.id}/probe.safetensors"), emit: classifier, optional: true
    tuple val(meta), path("${meta.id}/probe-fast.csv"),    emit: fast, optional: true
    tuple val(meta), path("${meta.id}/predictions-fast.csv"), emit: predictions_fast, optional: true
    tuple val(meta), path("${meta.id}/predictions-knn.csv"), emit: predictions_knn, optional: true
    tuple val(meta), path("${meta.id}/feature-map.png"),   emit: map, optional: true
    tuple val(meta), path("${meta.id}/feature-map.svg"),   emit: map_svg, optional: true
    tuple val(meta), path("${meta.id}/feature-map.csv"),   emit: map_table, optional: true
    tuple val(meta), path("${meta.id}/retrieval.png"),     emit: retrieval, optional: true
    tuple val(meta), path("${meta.id}/retrieval.csv"),     emit: retrieval_table, optional: true
    path "${meta.id}",                                     emit: folder

    script:
    def photos = Photos.of(images, pack)
    def device = params.gpus ? 'cuda' : 'auto'       // a GPU that was asked for and is not there is an error
    """
    with-gpu stage probe --cell '${meta.id}' --checkpoint ${checkpoint} --recipe ${recipe} --train ${train} \\
        --eval ${heldout} --classes ${classes} --images ${photos} --threads ${task.cpus} \\
        --device ${device} --out '${meta.id}'
    """

    stub:
    """
    stage probe --stub --cell '${meta.id}' --out '${meta.id}'
    """
}
