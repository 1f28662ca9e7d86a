package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.Shows;

/**
 * A figure or a table that a sweep was made for, as its grid says in {@code shows.json}. Keys are dotted paths into the
 * recipe, such as {@code views.groups.2.size}, names of axes, or {@code recipe}.
 *
 * @param id what its files are called
 * @param table whether it is a table; else a figure
 * @param x key on the x axis of a figure; empty for a table
 * @param lines keys whose values each get a line of their own
 * @param standard value of x to circle as the default; empty for none
 * @param rows keys that tell the rows of a table apart
 * @param paper name of the table of the paper beside it; empty where the paper published no numbers
 * @param cells cells that belong to it
 */
public record Show(
        String id,
        boolean table,
        String x,
        List<String> lines,
        String standard,
        List<String> rows,
        String paper,
        List<String> cells) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern PAPER = Pattern.compile("(table[1-9])?");

    public Show {
        lines = List.copyOf(lines);
        rows = List.copyOf(rows);
        cells = List.copyOf(cells);
    }

    /**
     * @throws StageFailure with {@link ExitCode#BAD_DATA}, the place, and what is allowed
     */
    static List<Show> read(Path file, JsonNode node) {
        if (!node.path("schema").asText().equals(Shows.SCHEMA)) {
            throw bad(file, "schema", node.path("schema").asText(), "must be " + Shows.SCHEMA);
        }
        if (!node.path("shows").isArray()) {
            throw bad(file, "shows", node.path("shows").getNodeType().toString(), "must be a list");
        }
        List<Show> shows = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode entry : node.path("shows")) {
            Show show = entry(file, "shows[" + shows.size() + "].", entry);
            if (!ids.add(show.id())) {
                throw bad(file, "shows[" + shows.size() + "].id", show.id(), "must not be there twice");
            }
            shows.add(show);
        }
        return shows;
    }

    private static Show entry(Path file, String at, JsonNode entry) {
        String kind = text(file, at + "kind", entry.path("kind"));
        boolean table = kind.equals("table");
        if (!table && !kind.equals("figure")) {
            throw bad(file, at + "kind", kind, "must be figure or table");
        }
        String id = text(file, at + "id", entry.path("id"));
        if (!ID.matcher(id).matches()) {
            throw bad(file, at + "id", id, "must be a file name of letters, digits, dots and hyphens");
        }
        String paper = optional(file, at + "paper", entry.path("paper"));
        if (!PAPER.matcher(paper).matches()) {
            throw bad(file, at + "paper", paper, "must be table1 to table9, or empty");
        }
        String x = optional(file, at + "x", entry.path("x"));
        if (!table && x.isEmpty()) {
            throw bad(file, at + "x", x, "must name a key");
        }
        // A grid writes recipes as files; the page calls them by name.
        String standard = optional(file, at + "default", entry.path("default"));
        standard = x.equals("recipe") ? CellTable.recipe(standard) : standard;
        List<String> rows = texts(file, at + "rows", entry.path("rows"));
        if (table && rows.isEmpty()) {
            throw bad(file, at + "rows", "[]", "must name what tells the rows apart");
        }
        return new Show(
                id,
                table,
                x,
                texts(file, at + "lines", entry.path("lines")),
                standard,
                rows,
                paper,
                texts(file, at + "cells", entry.path("cells")));
    }

    private static String text(Path file, String at, JsonNode node) {
        if (!node.isTextual()) {
            throw bad(file, at, node.toString(), "must be text");
        }
        return node.asText();
    }

    /** Numbers may stand as such; null and absent are empty. */
    private static String optional(Path file, String at, JsonNode node) {
        if (node.isContainerNode()) {
            throw bad(file, at, node.toString(), "must be text, a number or null");
        }
        return node.isNull() ? "" : node.asText();
    }

    private static List<String> texts(Path file, String at, JsonNode node) {
        if (!node.isMissingNode() && !node.isArray()) {
            throw bad(file, at, node.toString(), "must be a list");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : node) {
            texts.add(text(file, at + "[" + texts.size() + "]", item));
        }
        return texts;
    }

    private static StageFailure bad(Path file, String at, String found, String allowed) {
        String line = found.replaceAll("\\s+", " ");
        return new StageFailure(ExitCode.BAD_DATA, file + ": " + at + ": found \"" + line + "\": " + allowed);
    }
}
