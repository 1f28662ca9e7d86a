// A checkpoint -> the backbone: safetensors, torch file, ONNX, timm folder, and of conv nets Detectron2 pickle and configurations.
process COCO_EXPORT {
    tag "${meta.id}"
    label 'exports'
    maxRetries Failures.RETRIES
    errorStrategy { Failures.strategy(task, meta.id) }

    input:
    tuple val(meta), path(checkpoint)
    val network
    val code

    output:
    tuple val(meta), path("${meta.id}/export"), emit: export
    path "${meta.id}",                          emit: folder

    script:
    """
    stage coco-export --cell '${meta.id}' --checkpoint ${checkpoint} --network ${network} --out '${meta.id}'
    """

    stub:
    """
    stage coco-export --stub --cell '${meta.id}' --out '${meta.id}'
    """
}
