/**
 * Synchronization of threads: a barrier after every op, and the place where workers wait for work. A waiting thread
 * first spins, because steps are short, then sleeps, because idle workers must cost nothing. In a build without threads
 * all of this is empty.
 */
import { Place, SyncField, Work } from "../src/plan/op";
import { status } from "./control";

/**
 * Most looks at a word before going to sleep, about 70 µs: longer than it takes to write a batch between two steps
 * (20 µs for 32 rows of 784), or to wake a thread.
 */
const MOST_SPINS: i32 = 200_000;
/** Fewest looks: about as long as it takes to fall asleep. */
const FEWEST_SPINS: i32 = 1000;
/** Waits in a row that end in sleep before one is tried again with most looks. */
const RETRY: i32 = 8;
/**
 * Looks of this thread at a word before it goes to sleep. A wait that ends in time doubles them, one that does not
 * halves them: on a machine without a free core for each thread, spinning keeps others from the work it waits for.
 */
let spins: i32 = 200_000; // MOST_SPINS; a name here would take a start function
/**
 * Waits in a row that ended in sleep. Threads that sleep in turn each wait for the other to wake, longer than the
 * fewest looks, and would never spin again if they did not try.
 */
let sleeps: i32 = 0;

const NAP: i64 = 100_000_000;
const FOR_EVER: i64 = -1;
/** In place of a time: the thread arrives, and waits later. */
export const NOT_NOW: i64 = 0;
const TIMED_OUT: i32 = 2;

@inline function sync(field: i32): usize {
  return <usize>(Place.Sync + field);
}

/**
 * Sleeps while the word at `at` is `value`, for at most `timeout` nanoseconds. A function of its own: Liftoff, V8's
 * first compiler, in Node 20 can lose the locals of a function in the middle of which a thread sleeps, and the thread
 * would leave the barrier too early. The call of itself, which never happens, keeps the optimizer from inlining it.
 */
function sleep(at: usize, value: i32, timeout: i64): i32 {
  if (at == 0) return sleep(at + 8, value, timeout);
  return <i32>atomic.wait<i32>(at, value, timeout);
}

/** Waits until the word at `at` is not `value`; false if that takes longer than `timeout` (negative: no limit). */
function waitForChange(at: usize, value: i32, sleepers: usize, timeout: i64): bool {
  const retries = sleeps >= RETRY;
  for (let spin = retries ? MOST_SPINS : spins; spin > 0; spin--) {
    if (atomic.load<i32>(at) != value) {
      spins = retries ? MOST_SPINS : min(spins << 1, MOST_SPINS);
      sleeps = 0;
      return true;
    }
  }
  spins = max(spins >> 1, FEWEST_SPINS);
  sleeps = retries ? 0 : sleeps + 1;
  // A thread that changes the word checks for sleepers afterwards; a thread that goes to sleep checks the word again.
  atomic.add<i32>(sleepers, 1);
  let changed = true;
  while (changed && atomic.load<i32>(at) == value) {
    changed = sleep(at, value, timeout) != TIMED_OUT;
  }
  atomic.sub<i32>(sleepers, 1);
  return changed;
}

@inline function wake(at: usize, sleepers: usize): void {
  if (atomic.load<i32>(sleepers) > 0) atomic.notify(at, -1);
}

/** Outcome of a barrier. */
export enum Verdict {
  GoOn,
  Stop,
  /** Not all threads have arrived yet. */
  Late,
}

/**
 * The barrier. Returns when all threads have arrived: `Stop` to all of them if a status is set, otherwise `GoOn` to
 * all. The last to arrive decides, and writes the verdict to the lowest bit of the phase. If each thread read the
 * status itself, a slow one could see a status that a fast one set in the next record. A thread that has slept for
 * `nap` nanoseconds, or may not wait, gets `Late`, and calls again with `waited`.
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
  if (nap != NOT_NOW && waitForChange(sync(SyncField.Phase), phase, sync(SyncField.PhaseSleepers), nap)) {
    return atomic.load<i32>(sync(SyncField.Phase)) & 1;
  }
  store<i32>(sync(SyncField.LatePhase), phase);
  return Verdict.Late;
}

/**
 * Longest sleep of thread `tid`. The first thread wakes now and then, so that its caller can check that the others
 * still live. The others sleep forever, because a thread that outlives them terminates them.
 */
export function napOf(tid: i32): i64 {
  return tid == 0 ? NAP : FOR_EVER;
}

/** Stores the record after which the first thread must wait again. */
export function noteLate(index: i32): void {
  store<i32>(sync(SyncField.LateRecord), index);
}

@inline export function lateRecord(): i32 {
  return load<i32>(sync(SyncField.LateRecord));
}

/**
 * Begins an epoch of `threads` threads. The others learn from `Roster` when to look again, so they need not wake at each
 * epoch. It changes after the epoch, or a worker could look too early and then wait for the next change.
 */
function beginEpoch(threads: i32): void {
  const last = load<i32>(sync(SyncField.Epoch));
  atomic.store<i32>(sync(SyncField.Epoch), (((last >> Work.ThreadBits) + 1) << Work.ThreadBits) | threads);
  wake(sync(SyncField.Epoch), sync(SyncField.EpochSleepers));
  if (threadsOf(last) == threads && threads > 0) return;
  atomic.add<i32>(sync(SyncField.Roster), 1);
  wake(sync(SyncField.Roster), sync(SyncField.RosterSleepers));
}

@inline export function threadsOf(epoch: i32): i32 {
  return epoch & ((1 << Work.ThreadBits) - 1);
}

/** Gives records [begin, end) to the first `threads` threads, the last in `tailParts` parts a thread unless that is 0. */
export function announce(begin: i32, end: i32, threads: i32, tailParts: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  store<i32>(sync(SyncField.Begin), begin);
  store<i32>(sync(SyncField.End), end);
  store<i32>(sync(SyncField.TailParts), tailParts);
  beginEpoch(threads);
}

/** Dismisses the workers of the current generation. */
export function dismiss(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.add<i32>(sync(SyncField.Generation), 1);
  beginEpoch(0);
}

/**
 * Waits for work that thread `tid` shares, after epoch `seen`; returns its epoch, or `seen` if the generation is over.
 * Work that a thread shares cannot end without it, but it may sleep through any number of epochs of others.
 */
export function awaitWork(tid: i32, seen: i32, generation: i32): i32 {
  if (!ASC_FEATURE_THREADS) return seen;
  while (true) {
    const roster = atomic.load<i32>(sync(SyncField.Roster)), epoch = atomic.load<i32>(sync(SyncField.Epoch));
    // Read after the epoch: an epoch of the next generation must not count.
    if (atomic.load<i32>(sync(SyncField.Generation)) != generation) return seen;
    if (tid >= threadsOf(epoch)) {
      waitForChange(sync(SyncField.Roster), roster, sync(SyncField.RosterSleepers), FOR_EVER);
    } else if (epoch == seen) {
      waitForChange(sync(SyncField.Epoch), seen, sync(SyncField.EpochSleepers), FOR_EVER);
    } else return epoch;
  }
}

/** True if `index` is no record, but the widening that threads share. */
@inline export function isWidening(index: i32): bool {
  return ASC_FEATURE_THREADS && index == Work.Widening;
}

@inline export function workBegin(): i32 {
  return load<i32>(sync(SyncField.Begin));
}
@inline export function workEnd(): i32 {
  return load<i32>(sync(SyncField.End));
}
/** `TailParts` of the work of `threads` threads. */
@inline export function workTailParts(threads: i32): i32 {
  return ASC_FEATURE_THREADS && threads > 1 ? load<i32>(sync(SyncField.TailParts)) : 0;
}
@inline export function workThreads(): i32 {
  return threadsOf(load<i32>(sync(SyncField.Epoch)));
}
