// An image folder -> manifests: train, held-out, test, and the label subsets.
process SPLIT {
    label 'splits'

    input:
    val images
    val listing                                       // names, sizes and times of the images
    path labels_1pct,  stageAs: 'given/1pct/*'
    path labels_10pct, stageAs: 'given/10pct/*'
    val heldout
    val seed
    val damaged                                       // what to do about damaged images, as flags
    val code

    output:
    path 'split/train.csv',        emit: train
    path 'split/heldout.csv',      emit: heldout
    path 'split/test.csv',         emit: test
    path 'split/labels-1pct.csv',  emit: labels_1pct
    path 'split/labels-10pct.csv', emit: labels_10pct
    path 'split/classes.csv',      emit: classes
    path 'split/shapes.csv',       emit: shapes
    path 'split/quarantine.csv',   emit: quarantine
    path 'split/split.json',       emit: split
    path 'split',                  emit: folder

    script:
    def given = (labels_1pct ? " --labels-1pct ${labels_1pct}" : '') + (labels_10pct ? " --labels-10pct ${labels_10pct}" : '')
    """
    stage split --images '${images}' --heldout-per-class ${heldout} --seed ${seed}${given} ${damaged} \\
        --threads ${task.cpus} --out split
    """

    stub:
    """
    stage split --stub --out split
    """
}
