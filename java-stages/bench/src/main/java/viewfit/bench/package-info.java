/** Benchmarks: each runs its baseline beside it in the same run and says what limits it. */
@org.jspecify.annotations.NullMarked
package viewfit.bench;
