/** What a sweep is at while it runs, by the files that it leaves on its way. */
@org.jspecify.annotations.NullMarked
package viewfit.report.watch;
