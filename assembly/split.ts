/**
 * The part of an op's output that a thread computes. Outputs are never shared, so the number of threads
 * cannot change a result.
 */

/** First item of part `tid` if `count` items are split into `threads` parts; it ends where part `tid + 1` starts. */
@inline export function partBegin(count: i32, tid: i32, threads: i32): i32 {
  return threads == 1 ? count * tid : <i32>(<i64>count * tid / threads);
}
