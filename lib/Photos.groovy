/** Where a task reads the photographs. */
class Photos {

    /**
     * A word of the task's command: the images as they are, or the folder of their pack. A pack's index comes as a link into it
     * and stands for it when tasks are compared: it has the checksum of every image, so that a pack that was made anew with the
     * same bytes is the same, wherever it lies. Nothing else of a pack is read by Nextflow or copied.
     */
    static String of(images, index) {
        index ? "\"\$(dirname \"\$(realpath ${index})\")\"" : "'${images}'"
    }
}
