import groovy.json.JsonSlurper
import java.nio.file.FileVisitOption
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.util.jar.JarFile

/** What has to be known before the first task: are the parameters right, which code and which photographs are these. */
class Launch {

    /** The parameters of the schema: name -> [type, description, default, enum ...]. */
    static Map<String, Map> schema(Path project) {
        def json = new JsonSlurper().parse(project.resolve('nextflow_schema.json').toFile())
        json['$defs'].values().collectEntries { group -> group.properties }
    }

    static String help(Path project) {
        def json = new JsonSlurper().parse(project.resolve('nextflow_schema.json').toFile())
        def text = new StringBuilder("\nbin/viewfit run main.nf [-profile NAME] [--parameter VALUE ...]\n")
        json['$defs'].values().each { group ->
            text << "\n${group.title}\n"
            group.properties.each { name, about ->
                def preset = about.containsKey('default') ? " [${about.default}]" : ''
                text << "  --${name.padRight(18)} ${about.description}${preset}\n"
            }
        }
        text << "\nOptions of Nextflow itself have one dash: -profile demo, -resume, -params-file FILE, -work-dir DIR.\n"
    }

    /** One line about the first parameter that is not right, or null. */
    static String problem(Path project, Map params) {
        def known = schema(project)
        def unknowns = params.keySet().findAll { name -> !(name in known) }
        if( unknowns ) {
            def unknown = unknowns.find { it.contains('-') } ?: unknowns.first()      // Nextflow adds a-b as aB too
            def nearest = known.keySet().min { name -> distance(plain(name), plain(unknown)) }
            def near = distance(plain(nearest), plain(unknown)) <= 3 || nearest.startsWith(unknown)
            def hint = near ? "did you mean --${nearest}?" : 'see --help for those there are'
            return "--${unknown}: no such parameter: ${hint}"
        }
        def placed = files(project, params)
        for( entry in known ) {
            def name = entry.key
            def about = entry.value
            def value = params[name]
            def canBeLeftOut = about.type == 'boolean' || name.startsWith('finetune_')
            if( value == null || value == false && canBeLeftOut ) continue
            if( about.type == 'boolean' && !(value.toString() in ['true', 'false']) )
                return "--${name}: ${value}: true or false"
            if( about.enum && !(value.toString() in about.enum*.toString()) )
                return "--${name}: ${value}: one of ${about.enum.join(', ')}"
            if( about.pattern && !(value.toString() ==~ about.pattern) )
                return "--${name}: ${value}: ${about.errorMessage}"
            if( about.type == 'integer' && !(value.toString() ==~ /-?\d+/) )
                return "--${name}: ${value}: a whole number"
            if( about.type == 'number' && !value.toString().isBigDecimal() )
                return "--${name}: ${value}: a number"
            if( about.minimum != null && value.toString().toBigDecimal() < about.minimum )
                return "--${name}: ${value}: ${about.minimum} or more"
            if( about.maximum != null && value.toString().toBigDecimal() > about.maximum )
                return "--${name}: ${value}: ${about.maximum} or less"
            def there = about.format ? Path.of((placed[name] ?: value).toString()) : null
            if( about.format == 'directory-path' && about.exists && !Files.isDirectory(there) )
                return "--${name}: ${value}: no such folder"
            if( about.format == 'path' && about.exists && !Files.exists(there) )
                return "--${name}: ${value}: no such file or folder"
            if( about.format == 'file-path' && !Files.isRegularFile(there) )
                return "--${name}: ${value}: no such file"
        }
        def idle = params.plan ? null : ['plan_images', 'plan_flops_per_second', 'plan_budget', 'plan_done'].find { name -> params[name] != null }
        if( idle )
            return "--${idle}: ${params[idle]}: needs --plan"
        if( !params.input && params.plan && params.plan_images )
            return null
        if( !params.input )
            return '--input: not given: a folder of images (train/<class>/*, <class>/*, files, tar shards or HDF5) or a list, or -profile demo'
        if( params.pack_short_side && params.pack != 'pixels' )
            return "--pack_short_side: ${params.pack_short_side}: needs --pack pixels"
        if( params.halve_at != null && params.heldout_per_class.toString() == '0' )
            return "--halve_at: ${params.halve_at}: needs held-out images: --heldout_per_class above 0"
        def images = Path.of(params.input.toString()).toAbsolutePath().toString()
        if( images.contains("'") )
            return "--input: ${images}: a path without an apostrophe, which the commands of the tasks could not quote"
        return null
    }

    /**
     * Where the grid and the recipes are: name of the parameter -> path, or what else was given. What lies in the project where
     * nobody names another one may be named as it is called there, from wherever one stands.
     */
    static Map<String, Object> files(Path project, Map params) {
        schema(project).findAll { name, about -> about.default.toString().startsWith('${projectDir}/') }.collectEntries { name, about ->
            def given = params[name] ? Path.of(params[name].toString()) : null
            def own = given == null ? null : project.resolve(given)
            [name, given != null && !Files.exists(given) && Files.exists(own) ? own.toString() : params[name]]
        }
    }

    /** [exit code, line] about a grid that would fail once the images have been read, or null. Takes about a second. */
    static List gridProblem(Path project, Map params) {
        def check = grid(project, params, ['--check-only'])
        check[0] == 0 ? null : check
    }

    /** [exit code, text]: what the sweep costs. Finished cells say how fast the machine is, those in --outdir what the pictures are like, too. */
    static List plan(Path project, Map params) {
        def results = Path.of(params.outdir.toString())
        def shapes = results.resolve('split/shapes.csv')
        def options = ['--plan']
        options += params.plan_images ? ['--image-count', params.plan_images]
            : ['--images', params.input, '--heldout-per-class', params.heldout_per_class]
        if( params.plan_flops_per_second ) options += ['--flops-per-second', params.plan_flops_per_second]
        if( params.plan_budget ) options += ['--budget', params.plan_budget]
        if( params.plan_done ) options += ['--done', params.plan_done]
        else if( Files.isDirectory(results.resolve('pretrain')) ) options += ['--done', results]
        if( Files.isRegularFile(shapes) ) options += ['--shapes', shapes]
        grid(project, params, options)
    }

    /** An option of the stage grid -> the parameter that gives it. */
    private static final Map<String, String> TYPED = ['--halve-at': '--halve_at', '--halve-keep': '--halve_keep',
        '--image-count': '--plan_images', '--flops-per-second': '--plan_flops_per_second', '--budget': '--plan_budget',
        '--done': '--plan_done', '--heldout-per-class': '--heldout_per_class']

    /** [exit code, all it said] of the stage grid, as the launcher and not a task runs it. */
    private static List grid(Path project, Map params, List options) {
        def placed = files(project, params)
        def command = [project.resolve('bin/stage'), 'grid', '--grid', placed.grid, '--recipes', placed.recipes] + options
        if( params.halve_at != null ) command += ['--halve-at', params.halve_at]
        if( params.halve_keep != null ) command += ['--halve-keep', params.halve_keep]
        def builder = new ProcessBuilder(command*.toString())
        builder.environment().putAll(VIEWFIT_HOME: project.toString(), VIEWFIT_BUILT: 'yes')
        builder.redirectErrorStream(true)
        def stage = builder.start()
        def said = stage.inputStream.getText('UTF-8').trim()
        // It names options as the stage has them.
        [stage.waitFor(), TYPED.inject(said) { text, own, typed -> text.replace(own, typed) }]
    }

    /** How this run was started, as one word of the shell for the report; without -resume and its session, which change no result. */
    static String command(String line) {
        def typed = line.replaceAll(/ -resume( \w[\w-]*)?(?= |$)/, '')      // main.nf, which may stand next, has a dot
            .replaceFirst(/^\S*nextflow run (?=.*main\.nf\b)/, 'bin/viewfit run ')
        "'" + typed.replace("'", "'\\''") + "'"
    }

    /** The last words of a run. */
    static String ending(workflow, Path results) {
        def why = workflow.errorMessage?.readLines()?.findAll()
        if( why ) return "\nFailed with exit code ${workflow.exitStatus}: ${why.last()}"
        if( !workflow.success ) return '\nEnded before all was done: -resume goes on.'
        workflow.stats.ignoredCount == 0 ? "\nThe report: ${results}/report.html"      // to Nextflow an ignored failure is success
            : "\nSome tasks failed for good: ${results}/failed.csv. The report is there and has gaps."
    }

    private static String plain(String name) {
        name.toLowerCase().replaceAll(/[^a-z0-9]/, '')
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        def row = (0..b.size()).toArray(new Integer[0])
        for( int i = 1; i <= a.size(); i++ ) {
            int corner = row[0]
            row[0] = i
            for( int j = 1; j <= b.size(); j++ ) {
                int above = row[j]
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1))
                corner = above
            }
        }
        row[b.size()]
    }

    /**
     * Builds the stages if their sources changed; stage -> fingerprint of the jars it runs. A value of each task, so
     * that `-resume` computes again what a changed library could change, and nothing else.
     */
    static Map<String, String> code(Path project) {
        def build = [project.resolve('bin/viewfit').toString(), 'build'].execute()
        build.waitForProcessOutput(System.err as Appendable, System.err as Appendable)
        if( build.exitValue() != 0 ) throw new IllegalStateException('the stages could not be built')
        def jars = project.resolve('java-stages/dist/stages').toFile().listFiles().findAll { it.name.endsWith('.jar') }
        jars.sort().collectEntries { jar -> [jar.name - '.jar', fingerprint(jar)] }
    }

    /** The jar, whose manifest names its libraries with their versions, and ours of them by content; as `core.StageCode` has it. */
    private static String fingerprint(File jar) {
        def names = new JarFile(jar).withCloseable { it.manifest.mainAttributes.getValue('Class-Path') ?: '' }
        def libraries = names.tokenize(' ').sort().collect { new File(jar.parentFile, it) }.findAll { it.isFile() && ours(it) }
        def sums = ([jar] + libraries).collect { sha256(it.bytes) }
        sha256(sums.join('\n').getBytes('UTF-8')).take(12)
    }

    private static String sha256(byte[] bytes) {
        MessageDigest.getInstance('SHA-256').digest(bytes).encodeHex().toString()
    }

    private static boolean ours(File library) {
        new JarFile(library).withCloseable {
            it.manifest?.mainAttributes?.getValue('Implementation-Title')?.startsWith('Viewfit') ?: false
        }
    }

    /**
     * Fingerprint of names, sizes and times of the images: they travel as a path, and a changed one must count. Of a
     * folder, all files below it, behind links too, as the split reads them. Of a list, itself, its validation list, and
     * the files they name, not what else lies in their folder. Of a tar or an HDF5 file, itself and its validation set.
     */
    static String listing(Path images) {
        def digest = MessageDigest.getInstance('SHA-256')
        def root = Files.isDirectory(images) ? images : images.toAbsolutePath().parent
        if( Files.isDirectory(images) ) {
            Files.walk(root, FileVisitOption.FOLLOW_LINKS).withCloseable { files ->
                files.filter { Files.isRegularFile(it) }.map { seen(root, it) }.sorted().forEach { digest.update(it.getBytes('UTF-8')) }
            }
        }
        else {
            def name = images.fileName.toString()
            def parts = [images.toAbsolutePath(), name.startsWith('train.') ? root.resolve("val${name.substring(5)}") : null].findAll { it && Files.isRegularFile(it) }
            def named = name.toLowerCase() ==~ /.*\.(txt|csv|tsv)/ ? parts.collectMany { listed(root, it) } : []
            (parts + named.toSet()).collect { seen(root, it) }.sort().each { digest.update(it.getBytes('UTF-8')) }
        }
        digest.digest().encodeHex().toString().take(12)
    }

    private static String seen(Path root, Path file) {
        def about = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes)
        "${root.relativize(file)}\t${about.size()}\t${about.lastModifiedTime().toMillis()}\n".toString()
    }

    /**
     * The files that a list may mean. Its lines are read for good by the split; here each beginning of a line up to a tab,
     * comma, quote, space or the end counts if there is a file of this name, and the tar or HDF5 file a path leads through.
     */
    private static List<Path> listed(Path root, Path list) {
        def files = []
        list.eachLine('UTF-8') { line ->
            def text = line.trim()
            def ends = (0..text.size()).findAll { it == text.size() || text[it] in ['\t', ',', ' ', '"'] }
            def names = ends.collect { text.substring(0, it).replaceAll(/^"/, '').replace('\\', '/') }
            def file = names.reverse().findResult { there(root, it) }
            if( file ) files << file
        }
        files
    }

    private static Path there(Path root, String name) {
        if( !name || name.startsWith('/') || name.contains('\0') ) return null
        def inside = name.toLowerCase() =~ /^.*?\.(tar|h5|hdf5)(?=\/)/
        [name, inside ? name.substring(0, inside.end()) : null].findAll().collect { root.resolve(it).normalize() }
            .find { it.startsWith(root) && Files.isRegularFile(it) }
    }
}
