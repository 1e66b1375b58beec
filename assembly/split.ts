/**
 * Which part of an op's output a thread computes. Outputs are never shared, so the number of threads
 * cannot change a result.
 */

/** First item of part `tid` when `count` items are dealt to `threads` parts; part `tid + 1` starts where it ends. */
@inline export function partBegin(count: i32, tid: i32, threads: i32): i32 {
  return threads == 1 ? count * tid : <i32>(<i64>count * tid / threads);
}
