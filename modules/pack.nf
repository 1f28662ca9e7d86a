// The images of manifests -> one packed copy: a few files with checksums, which the trainers map.
process PACK {
    label 'packs'

    input:
    val images
    path train
    path heldout
    val store
    val short_side
    val code

    output:
    path 'pack/pack.json', emit: pack
    path 'pack/index.bin', emit: index
    path 'pack/names.bin', emit: names
    path 'pack/shards',    emit: shards
    path 'pack',           emit: folder

    script:
    def side = short_side ? "--short-side ${short_side}" : ''
    """
    stage pack --images '${images}' --manifest ${train} --manifest ${heldout} --store ${store} ${side} \\
        --threads ${task.cpus} --out pack
    """

    stub:
    """
    stage pack --stub --out pack
    """
}
