import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentSkipListMap
import nextflow.util.Duration
import nextflow.util.MemoryUnit

/**
 * What becomes of a task of one cell that failed: once more where a second attempt can mend it; else a gap of this cell in the
 * report, where the others are none the worse; else the end of the run. Nextflow asks after each attempt, in one thread.
 */
class Failures {
    /** Not the task's fault, and it goes on from its checkpoint: interrupted, out of time, preempted, a lost node, a spot machine gone. */
    static final List<Integer> INTERRUPTED = [130, 138, 140, 143, 50001, Integer.MAX_VALUE]

    /** Worth another attempt, or two: memory (3 heap, 137 killed), a passing condition (75), what nf-core tries again. */
    static final List<Integer> MENDABLE = ((130..145) + (175..177) + [3, 75, 104]) - INTERRUPTED

    /** Wrong command, data, input or recipe, no program, a full disk, diverged where a recipe forbids it: so is the next cell. */
    static final List<Integer> GENERAL = [64, 65, 66, 69, 74, 76, 78, 126, 127]

    /** How often at most; each kind is counted by itself. More attempts than both together are never made. */
    static final int MENDS = 2, INTERRUPTIONS = 50, RETRIES = MENDS + INTERRUPTIONS

    private static final Map<String, Integer> attempts = new ConcurrentHashMap<>()
    private static final Map<String, String> gaps = new ConcurrentSkipListMap<>()

    /**
     * An error strategy of Nextflow.
     *
     * @param task as directives see it: exitStatus, process, workDir
     * @param cell id of the cell
     * @param part what of the cell it is, such as a label fraction; may be empty
     */
    static String strategy(task, String cell, String part = '') {
        def code = task.exitStatus as int
        def what = "${task.process}\t${cell}\t${part}".toString()
        def mendable = code in MENDABLE
        def counted = attempts.merge("${what}\t${mendable}".toString(), 1) { a, b -> a + b }
        if( mendable && counted <= MENDS ) return 'retry'
        if( code in INTERRUPTED && counted <= INTERRUPTIONS ) return 'retry'
        if( code in GENERAL ) return 'finish'
        gaps[what] = "${code == Integer.MAX_VALUE ? '' : code}\t${reason(code, task.workDir)}".toString()
        return 'ignore'
    }

    /**
     * Memory of this attempt: what the configuration gives (ext.memory), once more of it after each attempt that may have run out,
     * three times as much at most. An interruption changes nothing: there may be many.
     */
    static MemoryUnit memory(task) {
        def first = task.ext.memory as MemoryUnit
        if( task.attempt == 1 ) return first
        def before = new MemoryUnit(task.previousTrace.memory as long)
        task.exitStatus in [3, 137, Integer.MAX_VALUE] && before < first * 3 ? before + first : before
    }

    /** Time limit of this attempt: ext.time, and twice that after one that was too short. Pre-training goes on instead. */
    static Duration time(task) {
        def first = task.ext.time as Duration
        task.attempt > 1 && task.exitStatus == 140 ? first * 2 : first
    }

    /** A task that is not run, and why. */
    static void gap(String process, String cell, String part, int code, String why) {
        gaps["${process}\t${cell}\t${part}".toString()] = "${code}\t${why}".toString()
    }

    /** The cells whose pre-training or probe failed for good in this run: another attempt may give them a score. */
    static Set<String> unscored() {
        gaps.keySet().collect { what -> what.split('\t', -1) }.findAll { what -> stage(what[0]) in ['pretrain', 'probe'] }
            .collect { what -> what[1] } as Set
    }

    /** The stage of a process; a part of pre-training is pre-training. */
    private static String stage(String process) {
        (process.tokenize(':').last() - '_PART').toLowerCase().replace('_', '-')
    }

    /** The cells that have gaps, as the table that the report reads; in the order of the processes and cells. */
    static String table() {
        def rows = gaps.collect { what, why ->
            def (process, cell, part) = what.split('\t', -1)
            def (code, reason) = why.split('\t', -1)
            [stage(process), cell, part, code, "\"${reason.replace('"', '""')}\""].join(',')
        }
        (['# schema: failed/1', '# provenance: {}', 'stage,cell,part,exit,reason'] + rows).join('\n') + '\n'
    }

    /** One line: what the task said last, or else what its code means. */
    private static String reason(int code, workDir) {
        def said = workDir?.resolve('.command.err')
        def last = null
        try {
            last = said == null ? null : said.readLines().findAll { it.trim() }.with { it ? it.last() : null }
        }
        catch( IOException e ) {
            last = null          // a lost node leaves nothing to read
        }
        def meaning = code == Integer.MAX_VALUE ? 'ended without an exit code: killed, or the node was lost'
            : code == 137 ? 'killed: out of memory, or by hand'
            : code == 140 ? 'out of time' : code in [130, 143] ? 'interrupted' : null
        [meaning, last].findAll().join('; ').replaceAll(/[\t\r\n]+/, ' ').take(300) ?: "exit code ${code}"
    }
}
