// Recipes, axes and seeds -> one complete recipe per cell.
process GRID {
    label 'light'

    input:
    path grid
    path recipes
    path shapes                                       // picture sizes, for recipes that say `size: auto`
    val code

    output:
    path 'grid/cells/*.yml', emit: cells
    path 'grid/views/*.yml', emit: views
    path 'grid/cells.csv',   emit: table
    path 'grid/shows.json',  emit: shows
    path 'grid',             emit: folder

    script:
    """
    stage grid --grid ${grid} --recipes ${recipes} --shapes ${shapes} --out grid
    """

    // The real one: it takes no time, and a dry run has the real cells. It has no photographs: any size does.
    stub:
    """
    printf '%s\\n' '# schema: shapes/1' '# provenance: {}' width,height,images 4,3,1 > dry.csv
    stage grid --grid ${grid} --recipes ${recipes} --shapes dry.csv --out grid
    """
}
