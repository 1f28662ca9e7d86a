import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest

/**
 * The test split is opened once in a folder of results. The stage keeps that by `test-opened.json` beside its results; its tasks
 * have work folders of their own, so here the same file is kept in the folder that their results are published in.
 */
class TestSplit {
    static final String LEDGER = 'test-opened.json'

    /**
     * Ids of the cells that a selection gives to be tested; none, and a gap for each, where the split was opened for another one.
     *
     * @param selection selection.json
     * @param results folder of the results of tested cells
     */
    static List<String> cells(Path selection, Path results) {
        def cells = new JsonSlurper().parseText(selection.text).tested*.cell
        if( !cells ) return []
        def mine = MessageDigest.getInstance('SHA-256').digest(selection.bytes).encodeHex().toString()
        def ledger = results.resolve(LEDGER)
        if( !Files.exists(ledger) ) {
            Files.createDirectories(results)
            ledger.text = JsonOutput.prettyPrint(JsonOutput.toJson([schema: 'test-opened/1', 'selection-sha256': mine]))
                .replace('    ', '  ') + '\n'
            return cells
        }
        def earlier = new JsonSlurper().parseText(ledger.text)['selection-sha256']
        if( earlier == mine ) return cells
        cells.each { cell ->
            Failures.gap('TEST', cell, '', 65, "${LEDGER}: the test split was opened for another selection in this --outdir")
        }
        []
    }
}
