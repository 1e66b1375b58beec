/**
 * Walks a range of tape records and calls the kernel of each, alone or with other threads. Stops after the record
 * that set a status.
 */
import { Place } from "../src/plan/op";
import {
  announce, awaitWork, lateRecord, meet, napOf, noteLate, Verdict, workBegin, workEnd, workThreads,
} from "./barrier";
import { rowsInBatch } from "./control";
import { execute } from "./ops/dispatch";

/**
 * Runs records [begin, end) of the tape at `tape` as thread `tid` of `threads`. All threads meet after each record.
 * Returns false when others are late, which happens to thread 0 alone: then `resume` goes on. With `waited` the first
 * record was run already, and this waits for the others.
 */
export function run(tape: usize, begin: i32, end: i32, tid: i32, threads: i32, waited: bool): bool {
  const rows = rowsInBatch(), nap = napOf(tid);
  for (let index = begin; index < end; index++) {
    if (!waited) execute(tape + <usize>index * Place.RecordBytes, rows, tid, threads);
    const verdict = meet(threads, nap, waited);
    if (verdict == Verdict.Stop) return true;
    if (verdict == Verdict.Late) {
      noteLate(index);
      return false;
    }
    waited = false;
  }
  return true;
}

/** Runs records [begin, end) together with the workers that serve this memory; the caller is thread 0. */
export function runShared(tape: usize, begin: i32, end: i32, threads: i32): bool {
  announce(begin, end, threads);
  return run(tape, begin, end, 0, threads, false);
}

/** Goes on with a run that returned false: waits again, then runs the rest. Returns false when others are still late. */
export function resume(tape: usize): bool {
  return run(tape, lateRecord(), workEnd(), 0, workThreads(), true);
}

/** The life of a worker, thread `tid`: waits for work after epoch `seen`, does its share, until it is dismissed. */
export function serve(tape: usize, tid: i32, seen: i32, generation: i32): void {
  for (let epoch = awaitWork(seen, generation); epoch != seen; epoch = awaitWork(seen, generation)) {
    seen = epoch;
    run(tape, workBegin(), workEnd(), tid, workThreads(), false);
  }
}
