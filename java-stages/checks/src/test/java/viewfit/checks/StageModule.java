package viewfit.checks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a file of modules/ says: the process, its outputs, and the commands of its script and stub. */
record StageModule(String process, Map<String, String> outputs, Set<String> optional, String script, String stub) {
    private static final Pattern PROCESS = Pattern.compile("(?m)^process ([A-Z_]+) \\{");
    private static final Pattern EMIT = Pattern.compile("(?m)^ .*\\bpath\\(?\\s*(['\"])(.+?)\\1.*?emit: (\\w+)(.*)$");
    private static final Pattern FLAG = Pattern.compile("--([a-z0-9][a-z0-9-]*)");

    /** Reads the one process of a module; outputs are emit name to file, without the cell's own folder. */
    static StageModule parse(String text) {
        Matcher process = PROCESS.matcher(text);
        if (!process.find()) {
            throw new IllegalArgumentException("no process");
        }
        String outputs = between(text, "\n    output:\n", "\n    script:\n");
        Map<String, String> files = new LinkedHashMap<>();
        Set<String> optional = new TreeSet<>();
        Matcher emit = EMIT.matcher(outputs);
        while (emit.find()) {
            files.put(emit.group(3), emit.group(2));
            if (emit.group(4).contains("optional: true")) {
                optional.add(emit.group(3));
            }
        }
        if (files.size() != outputs.lines().filter(line -> !line.isBlank()).count()) {
            throw new IllegalArgumentException("an output that is not `path(...), emit: name`:\n" + outputs);
        }
        return new StageModule(
                process.group(1),
                files,
                optional,
                between(text, "\n    script:\n", "\n    stub:\n"),
                text.substring(text.indexOf("\n    stub:\n") + 1));
    }

    static Set<String> flags(String command) {
        Set<String> flags = new TreeSet<>();
        Matcher flag = FLAG.matcher(command);
        while (flag.find()) {
            flags.add(flag.group(1));
        }
        return flags;
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to);
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no " + from.strip() + " ... " + to.strip());
        }
        return text.substring(start + from.length(), end);
    }
}
