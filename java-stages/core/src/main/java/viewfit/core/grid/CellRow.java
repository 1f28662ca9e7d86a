package viewfit.core.grid;

import viewfit.core.table.CsvTable;

/**
 * One line of {@code cells.csv}.
 *
 * @param cell name of the cell, such as {@code ours_lr0.03_s1}
 * @param group the cell's name without its seed: cells of one group differ in nothing else
 * @param recipe file name of the recipe it comes from
 * @param axes its point on the axes, {@code key=value} joined by {@code ;}; empty without axes
 * @param seed root of its randomness
 * @param sha256 checksum of its complete recipe
 */
public record CellRow(String cell, String group, String recipe, String axes, long seed, String sha256) {
    public static final String SCHEMA = "cells/1";
    public static final CsvTable<CellRow> TABLE = CsvTable.of(CellRow.class, SCHEMA);
}
