// A recipe's views on the data set: how their pixel scales compare, and what they look like.
process VIEWS {
    tag "${meta.id}"
    label 'light'

    input:
    tuple val(meta), path(recipe)
    path shapes
    path manifest
    val images
    path pack                                         // index of a packed copy, if that is to be read instead
    val damaged                                       // what to do about damaged images, as flags
    val code

    output:
    tuple val(meta), path("${meta.id}/pixel-scale.csv"),      emit: table
    tuple val(meta), path("${meta.id}/pixel-scale-bins.csv"), emit: bins
    tuple val(meta), path("${meta.id}/pixel-scale.png"),      emit: figure
    tuple val(meta), path("${meta.id}/pixel-scale.svg"),      emit: figure_svg
    tuple val(meta), path("${meta.id}/views.png"),            emit: views
    tuple val(meta), path("${meta.id}/views.csv"),            emit: views_table
    tuple val(meta), path("${meta.id}/metrics.json"),         emit: metrics
    path "${meta.id}",                                        emit: folder

    script:
    def photos = Photos.of(images, pack)
    """
    stage views --cell '${meta.id}' --recipe ${recipe} --shapes ${shapes} --manifest ${manifest} \\
        --images ${photos} ${damaged} --threads ${task.cpus} --out '${meta.id}'
    """

    stub:
    """
    stage views --stub --cell '${meta.id}' --out '${meta.id}'
    """
}
