/**
 * How threads meet: a barrier after every op, and the place where workers wait for work. Waiting is spinning first,
 * because steps are short, then sleeping, because idle workers must cost nothing. In a build without threads all of
 * this is empty.
 */
import { Place, SyncField } from "../src/plan/op";
import { status } from "./control";

/** Looks at a word this often before going to sleep: longer than it takes to write a batch between two steps. */
const SPINS: i32 = 40_000;
const NAP: i64 = 100_000_000;
const FOR_EVER: i64 = -1;
const TIMED_OUT: i32 = 2;

@inline function sync(field: i32): usize {
  return <usize>(Place.Sync + field);
}

/** Waits until the word at `at` is no longer `value`; false when that takes longer than `timeout` (negative: never). */
function waitForChange(at: usize, value: i32, sleepers: usize, timeout: i64): bool {
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(at) != value) return true;
  }
  // Whoever changes the word looks for sleepers afterwards, and whoever sleeps looks at the word once more.
  atomic.add<i32>(sleepers, 1);
  let changed = true;
  while (changed && atomic.load<i32>(at) == value) {
    changed = <i32>atomic.wait<i32>(at, value, timeout) != TIMED_OUT;
  }
  atomic.sub<i32>(sleepers, 1);
  return changed;
}

@inline function wake(at: usize, sleepers: usize): void {
  if (atomic.load<i32>(sleepers) > 0) atomic.notify(at, -1);
}

/** What threads agree on when they meet. */
export enum Verdict {
  GoOn,
  Stop,
  /** Not all have come yet. */
  Late,
}

/**
 * Returns when all threads have come here: `Stop` to all of them when a status is set, `GoOn` to all otherwise. The last
 * to come decides, in the lowest bit of the phase: were each to look at the status itself, a slow one could see what a
 * fast one set in the record after this. A thread that has slept for `nap` nanoseconds is told that others are `Late`,
 * and comes here again with `waited`.
 */
export function meet(threads: i32, nap: i64, waited: bool): Verdict {
  if (!ASC_FEATURE_THREADS) return status() ? Verdict.Stop : Verdict.GoOn;
  if (threads == 1) return status() ? Verdict.Stop : Verdict.GoOn;
  const phase = waited ? load<i32>(sync(SyncField.LatePhase)) : atomic.load<i32>(sync(SyncField.Phase));
  if (!waited && atomic.add<i32>(sync(SyncField.Arrived), 1) == threads - 1) {
    const stop = i32(status() != 0);
    atomic.store<i32>(sync(SyncField.Arrived), 0);
    atomic.store<i32>(sync(SyncField.Phase), ((phase + 2) & ~1) | stop);
    wake(sync(SyncField.Phase), sync(SyncField.PhaseSleepers));
    return stop;
  }
  if (waitForChange(sync(SyncField.Phase), phase, sync(SyncField.PhaseSleepers), nap)) {
    return atomic.load<i32>(sync(SyncField.Phase)) & 1;
  }
  store<i32>(sync(SyncField.LatePhase), phase);
  return Verdict.Late;
}

/**
 * How long thread `tid` sleeps at a time: the first one so long that its caller can look whether the others still live,
 * the others for ever, because who outlives them ends them.
 */
export function napOf(tid: i32): i64 {
  return tid == 0 ? NAP : FOR_EVER;
}

/** Remembers the record after which the first thread has to wait again. */
export function noteLate(index: i32): void {
  store<i32>(sync(SyncField.LateRecord), index);
}

@inline export function lateRecord(): i32 {
  return load<i32>(sync(SyncField.LateRecord));
}

/** Hands records [begin, end) to `threads` threads. */
export function announce(begin: i32, end: i32, threads: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  store<i32>(sync(SyncField.Begin), begin);
  store<i32>(sync(SyncField.End), end);
  store<i32>(sync(SyncField.Threads), threads);
  atomic.add<i32>(sync(SyncField.Epoch), 1);
  wake(sync(SyncField.Epoch), sync(SyncField.EpochSleepers));
}

/** Sends the workers of the running generation away. */
export function dismiss(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.add<i32>(sync(SyncField.Generation), 1);
  atomic.add<i32>(sync(SyncField.Epoch), 1);
  wake(sync(SyncField.Epoch), sync(SyncField.EpochSleepers));
}

/** Waits for work after epoch `seen`; returns the new epoch, or `seen` when the generation is over. */
export function awaitWork(seen: i32, generation: i32): i32 {
  if (!ASC_FEATURE_THREADS) return seen;
  if (atomic.load<i32>(sync(SyncField.Generation)) != generation) return seen;
  waitForChange(sync(SyncField.Epoch), seen, sync(SyncField.EpochSleepers), FOR_EVER);
  return atomic.load<i32>(sync(SyncField.Generation)) == generation ? seen + 1 : seen;
}

@inline export function workBegin(): i32 {
  return load<i32>(sync(SyncField.Begin));
}
@inline export function workEnd(): i32 {
  return load<i32>(sync(SyncField.End));
}
@inline export function workThreads(): i32 {
  return load<i32>(sync(SyncField.Threads));
}
