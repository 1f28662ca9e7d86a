package viewfit.report.results;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stage views measured for one set of views.
 *
 * @param table ratio and best local side by estimator
 * @param figure the same drawn; null when not given
 */
public record PixelScaleFiles(ResultTable table, @Nullable Path figure) {}
