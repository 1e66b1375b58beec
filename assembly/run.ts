/**
 * Walks through a range of tape records and calls the kernel of each, alone or with other threads. Stops after a record
 * that sets a status.
 */
import { Place } from "../src/plan/op";
import {
  announce, awaitWork, isWidening, lateRecord, meet, napOf, noteLate, NOT_NOW, threadsOf, Verdict, workBegin, workEnd,
  workTailParts, workThreads,
} from "./barrier";
import { rowsInBatch } from "./control";
import { execute } from "./ops/dispatch";
import { widenShare } from "./widen";

/**
 * Runs records [begin, end) of the tape at `tape` as thread `tid` of `threads`. All threads meet after each record.
 * Returns false if other threads are late, which only thread 0 can see; then `resume` continues. With `TailParts` it does
 * not wait for them after the last record.
 */
export function run(tape: usize, begin: i32, end: i32, tid: i32, threads: i32): bool {
  const rows = rowsInBatch(), nap = napOf(tid);
  // The small builds have no threads. There these are constants, and the optimizer leaves out what splits the work.
  const part = EVERY ? tid : 0, parts = EVERY ? threads : 1;
  const tailParts = EVERY ? workTailParts(threads) : 0;
  for (let index = begin; index < end; index++) {
    const record = tape + <usize>index * Place.RecordBytes, isTail = tailParts > 0 && index == end - 1;
    if (isWidening(index)) widenShare(tid, threads);
    else if (isTail) executeTail(record, rows, tid, threads, tailParts);
    else execute(record, rows, part, parts);
    const verdict = meet(threads, isTail && tid == 0 ? NOT_NOW : nap, false);
    if (verdict != Verdict.GoOn) return isStop(verdict, index);
  }
  return true;
}

/** Executes the parts of thread `tid`: `each` parts, and of thread 0 one fewer. */
function executeTail(record: usize, rows: i32, tid: i32, threads: i32, each: i32): void {
  const parts = threads * each - 1, end = (tid + 1) * each - 1;
  for (let part = max(tid * each - 1, 0); part < end; part++) execute(record, rows, part, parts);
}

/** True if all threads have arrived and stop; otherwise stores the record after which to wait for them. */
function isStop(verdict: Verdict, index: i32): bool {
  if (verdict == Verdict.Stop) return true;
  noteLate(index);
  return false;
}

/**
 * Runs records [begin, end) together with `threads - 1` workers that serve this memory; the caller is thread 0. With
 * `tailParts` the caller returns, and calls `resume` later, while others are at the last record.
 */
export function runShared(tape: usize, begin: i32, end: i32, threads: i32, tailParts: i32): bool {
  announce(begin, end, threads, tailParts);
  return run(tape, begin, end, 0, threads);
}

/** Resumes a run that returned false: waits again, then runs the rest. Returns false if others are still late. */
export function resume(tape: usize): bool {
  const record = lateRecord(), threads = workThreads();
  const verdict = meet(threads, napOf(0), true);
  if (verdict != Verdict.GoOn) return isStop(verdict, record);
  return run(tape, record + 1, workEnd(), 0, threads);
}

/** Life of a worker, thread `tid`: waits for work that it shares and does its part, until it is dismissed. */
export function serve(tape: usize, tid: i32, generation: i32): void {
  let seen = 0;
  for (let epoch = awaitWork(tid, seen, generation); epoch != seen; epoch = awaitWork(tid, seen, generation)) {
    seen = epoch;
    run(tape, workBegin(), workEnd(), tid, threadsOf(epoch));
  }
}
