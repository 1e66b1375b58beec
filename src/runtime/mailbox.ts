/**
 * Passes bytes from another thread, through shared memory, to a thread that blocks until they arrive. The waiting
 * thread creates a mailbox and posts its words; the other thread writes its answer there. Knows threads, not the
 * meaning of the bytes.
 */
import { BackendError } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { StartedThread } from "./thread.js";
import { now } from "./yield.js";

/** Milliseconds to wait for an answer; time while this process is stopped does not count. */
const LIMIT = 60_000;
/** Milliseconds of one wait. */
const NAP = 100;

/** Words of a mailbox: the number of writes, and the length of the answer. */
const WRITES = 0;
const LENGTH = 1;

/** True if threads can share memory here. A page needs cross-origin isolation for it. */
export function canShare(): boolean {
  return typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;
}

/** True for a buffer that other threads can see without a copy. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return kindOf(buffer) === "SharedArrayBuffer";
}

/** Creates the words of a new mailbox. */
export function openMailbox(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/**
 * Returns the answer of `thread`: first it announces the length; then `fetch` sends it memory, and it writes the bytes.
 * @throws BackendError if no answer comes.
 */
export function receive(
  mailbox: Int32Array,
  thread: Pick<StartedThread, "isAlive">,
  fetch: (memory: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  awaitWrite(mailbox, 0, thread);
  const memory = new Uint8Array(new SharedArrayBuffer(mailbox[LENGTH]));
  fetch(memory);
  awaitWrite(mailbox, 1, thread);
  return new Uint8Array(memory);
}

function awaitWrite(mailbox: Int32Array, seen: number, thread: Pick<StartedThread, "isAlive">): void {
  let mayWait = true;
  let waited = 0;
  let since = now();
  while (Atomics.load(mailbox, WRITES) === seen) {
    const time = now();
    waited += Math.min(time - since, NAP);
    since = time;
    if (waited >= LIMIT) throw new BackendError(`The worker of a model did not answer in ${LIMIT / 1000} seconds.`);
    if (waited > 0 && thread.isAlive() === false) throw new BackendError("The worker of a model has ended.");
    if (!mayWait) continue;
    try {
      Atomics.wait(mailbox, WRITES, seen, NAP);
    } catch {
      mayWait = false; // a page's main thread may not wait, so it polls
    }
  }
}

/** Announces the length of the answer. */
export function announceLength(mailbox: Int32Array, length: number): void {
  mailbox[LENGTH] = length;
  finishWrite(mailbox);
}

/** Writes the answer into the memory that the waiting thread sent. */
export function deliver(mailbox: Int32Array, bytes: Uint8Array, memory: Uint8Array): void {
  memory.set(bytes);
  finishWrite(mailbox);
}

function finishWrite(mailbox: Int32Array): void {
  Atomics.add(mailbox, WRITES, 1);
  Atomics.notify(mailbox, WRITES);
}
