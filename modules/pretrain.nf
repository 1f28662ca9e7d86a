// A recipe and images -> networks and curves. A diverged cell has its metrics, and what else was written by then. With an epoch to
// pause after there is a state in place of a checkpoint, which the next part goes on from.
// What to do about damaged images, and where its state is written, are in the environment (conf/base.config), so that they do
// not count for -resume. `exec`: no shell between the task and its signals.
process PRETRAIN {
    tag "${meta.id}"
    label 'trains'
    memory { Failures.memory(task) }
    time   { task.ext.time }                          // what is left of the training is the next attempt's
    maxRetries Failures.RETRIES
    errorStrategy { Failures.strategy(task, meta.id, until ? "to epoch ${until}" : '') }

    input:
    tuple val(meta), path(recipe), path(before, stageAs: 'before')      // state of the part before, if there is one
    val until                                         // epoch to pause after; 0 for none
    path manifest
    path monitor
    path weights, stageAs: 'given/weights/*'
    val images
    path pack                                         // index of a packed copy, if that is to be read instead
    val code

    output:
    tuple val(meta), path("${meta.id}/checkpoint.safetensors"), emit: checkpoint, optional: true
    tuple val(meta), path("${meta.id}/checkpoints"),            emit: checkpoints, optional: true
    tuple val(meta), path("${meta.id}/state"),                  emit: state, optional: true
    tuple val(meta), path("${meta.id}/curve.csv"),              emit: curve, optional: true
    tuple val(meta), path("${meta.id}/monitor.csv"),            emit: monitor, optional: true
    tuple val(meta), path("${meta.id}/views.png"),              emit: views, optional: true
    tuple val(meta), path("${meta.id}/views.csv"),              emit: views_table, optional: true
    tuple val(meta), path("${meta.id}/diverged.json"),          emit: divergence, optional: true
    tuple val(meta), path("${meta.id}/quarantine.csv"),         emit: quarantine, optional: true
    tuple val(meta), path("${meta.id}/profile.csv"),            emit: profile, optional: true
    tuple val(meta), path("${meta.id}/profile.json"),           emit: trace, optional: true
    tuple val(meta), path("${meta.id}/tensorboard"),            emit: tensorboard, optional: true
    tuple val(meta), path("${meta.id}/metrics.json"),           emit: metrics
    path "${meta.id}",                                          emit: folder

    script:
    def start  = weights ? "--weights ${weights}" : ''
    def part   = (before ? ' --from-state before' : '') + (until ? " --until-epoch ${until}" : '')
    def photos = Photos.of(images, pack)
    def device = params.gpus ? 'cuda' : 'auto'       // a GPU that was asked for and is not there is an error
    """
    exec with-checkpoints ${code} \\
        with-gpu stage pretrain --cell '${meta.id}' --recipe ${recipe} --manifest ${manifest} --monitor ${monitor} \\
        --images ${photos} ${start}${part} --threads ${task.cpus} --device ${device} --out '${meta.id}'
    """

    stub:
    """
    stage pretrain --stub --cell '${meta.id}' --out '${meta.id}'
    if [ ${until} -gt 0 ]; then mkdir '${meta.id}/state'; fi
    """
}
