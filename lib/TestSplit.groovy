import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption

/**
 * The test split is opened once in a folder of results. The stage keeps that by `test-opened.json` beside its results; its tasks
 * have work folders of their own, so here the same file is kept in the folder that their results are published in.
 */
class TestSplit {
    static final String LEDGER = 'test-opened.json'

    /**
     * Ids of the cells that a selection gives to be tested; none, and a gap for each, where the split was opened for another
     * choice, where nobody can say for which, or where candidates failed that may yet be chosen: opened now, it would stay
     * closed to what the next attempt makes of them.
     *
     * @param selection selection.json
     * @param results folder of the results of tested cells
     */
    static List<String> cells(Path selection, Path results) {
        def chosen = new JsonSlurper().parseText(selection.getText('UTF-8'))
        def cells = chosen.tested*.cell
        if( !cells ) return []
        def mine = chosen['choice-sha256']
        def ledger = results.resolve(LEDGER)
        if( !Files.exists(ledger) ) {
            def lost = (chosen.gaps*.cell).intersect(Failures.unscored())
            if( lost ) {
                cells.each { cell -> Failures.gap('TEST', cell, '', 75, "the test split stays closed: no score yet of ${lost.join(', ')}") }
                return []
            }
            write(ledger, JsonOutput.prettyPrint(JsonOutput.toJson([schema: 'test-opened/1', 'choice-sha256': mine]))
                .replace('    ', '  ') + '\n')
            return cells
        }
        def earlier = opened(ledger)
        if( earlier == mine ) return cells
        def why = earlier ? 'the test split was opened for another selection in this --outdir'
            : 'found no choice-sha256 in it: must say which selection the test split was opened for in this --outdir'
        cells.each { cell -> Failures.gap('TEST', cell, '', 65, "${LEDGER}: ${why}") }
        []
    }

    /** Whole or not at all. */
    private static void write(Path ledger, String text) {
        Files.createDirectories(ledger.parent)
        def whole = ledger.resolveSibling("${LEDGER}.tmp")
        whole.setText(text, 'UTF-8')
        Files.move(whole, ledger, StandardCopyOption.ATOMIC_MOVE)
    }

    /** Checksum of the choice that the split was opened for; null if the file does not say. */
    private static String opened(Path ledger) {
        try {
            def content = new JsonSlurper().parseText(ledger.getText('UTF-8'))
            content instanceof Map && content['choice-sha256'] instanceof String ? content['choice-sha256'] : null
        }
        catch( Exception e ) {
            null
        }
    }
}
