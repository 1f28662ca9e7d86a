// A cell that was selected -> its scores on the test split. The one process that has the split's manifest.
process TEST {
    tag "${meta.id}"
    label 'trains'
    memory { Failures.memory(task) }
    time   { Failures.time(task) }
    maxRetries Failures.RETRIES
    errorStrategy { Failures.strategy(task, meta.id) }

    input:
    tuple val(meta), path(checkpoint), path(classifier)
    path selection
    path recipe
    path train
    path test
    path classes
    val images                                        // the photographs, packed or not: a pack has none of the test split
    val code

    output:
    tuple val(meta), path("${meta.id}/test-metrics.json"),    emit: metrics
    tuple val(meta), path("${meta.id}/predictions-test.csv"), emit: predictions, optional: true
    path "${meta.id}",                                        emit: folder

    script:
    def linear = classifier ? "--classifier ${classifier}" : ''
    def device = params.gpus ? 'cuda' : 'auto'       // a GPU that was asked for and is not there is an error
    """
    with-gpu stage test --cell '${meta.id}' --selection ${selection} --checkpoint ${checkpoint} ${linear} \\
        --recipe ${recipe} --train ${train} --test ${test} --classes ${classes} --images '${images}' \\
        --threads ${task.cpus} --device ${device} --out '${meta.id}'
    """

    stub:
    """
    stage test --stub --cell '${meta.id}' --out '${meta.id}'
    """
}
