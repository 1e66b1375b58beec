/**
 * Walks a range of tape records and calls the kernel of each, alone or with other threads. Stops after the record
 * that set a status.
 */
import { Place } from "../src/plan/op";
import { announce, awaitWork, meet, Verdict, workBegin, workEnd, workThreads } from "./barrier";
import { rowsInBatch } from "./control";
import { execute } from "./ops/dispatch";

/**
 * Runs records [begin, end) of the tape at `tape` as thread `tid` of `threads`. All threads meet after each record.
 * Returns false when another thread did not come: then the memory is not to be used any more.
 */
export function run(tape: usize, begin: i32, end: i32, tid: i32, threads: i32): bool {
  const rows = rowsInBatch();
  for (let index = begin; index < end; index++) {
    execute(tape + <usize>index * Place.RecordBytes, rows, tid, threads);
    const verdict = meet(threads);
    if (verdict != Verdict.GoOn) return verdict != Verdict.Lost;
  }
  return true;
}

/** Runs records [begin, end) together with the workers that serve this memory; the caller is thread 0. */
export function runShared(tape: usize, begin: i32, end: i32, threads: i32): bool {
  announce(begin, end, threads);
  return run(tape, begin, end, 0, threads);
}

/** The life of a worker, thread `tid`: waits for work after epoch `seen`, does its share, until it is dismissed. */
export function serve(tape: usize, tid: i32, seen: i32, generation: i32): void {
  for (let epoch = awaitWork(seen, generation); epoch != seen; epoch = awaitWork(seen, generation)) {
    seen = epoch;
    if (!run(tape, workBegin(), workEnd(), tid, workThreads())) return;
  }
}
