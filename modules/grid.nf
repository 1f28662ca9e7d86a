// Recipes, axes and seeds -> one complete recipe per cell.
process GRID {
    label 'light'

    input:
    path grid
    path recipes
    val code

    output:
    path 'grid/cells/*.yml', emit: cells
    path 'grid/cells.csv',   emit: table
    path 'grid',             emit: folder

    script:
    """
    stage grid --grid ${grid} --recipes ${recipes} --out grid
    """

    // The real one: it takes no time, and a dry run has the real cells.
    stub:
    """
    stage grid --grid ${grid} --recipes ${recipes} --out grid
    """
}
