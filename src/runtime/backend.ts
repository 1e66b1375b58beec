/**
 * The interface between a session and its backend: a memory that the session can see, and `run`.
 * A backend knows records and addresses, but nothing about layers, losses or models.
 */
import type { Plan } from "../plan/tape.js";
import type { Variant } from "./features.js";

export const backendNames = ["auto", "wasm", "reference"] as const;

/** Names of backends. `auto` takes WebAssembly if there is SIMD, otherwise the reference. */
export type BackendName = (typeof backendNames)[number];

/** Receives batches: a session, as far as a backend knows it. */
export interface Receiver {
  readonly plan: Plan;
  /** Number of writes so far. */
  readonly writes: number;
}

/** Batches that are written into a session one by one. */
export interface Batches {
  /** Rows of the next batch; 0 or less if it is not there. */
  readonly nextRows: number;
  /** Row at which the next batch begins, of rows in memory. Set back, it makes `write` write a batch again. */
  begin?: number;
  /** Writes the next batch into the session. */
  write(session: Receiver): void;
}

/** A memory that contains an encoded plan, and a way to execute the records of that plan. */
export interface Backend {
  /** The memory as floats; kept for the life of the backend, and never handed to users. */
  readonly floats: Float32Array | Float64Array;
  /** The same memory as 32-bit integers. */
  readonly ints: Int32Array;
  /** The same memory as 64-bit floats. */
  readonly doubles: Float64Array;
  /** True after a run that some thread did not finish; then this memory must be replaced. */
  readonly isBroken: boolean;
  /** Executes records [begin, end), or fewer if one sets a status. Threads may share large work. */
  run(begin: number, end: number, isLarge: boolean): void;
  /**
   * Turns rows of bytes into floats, each times `scale`. Rows begin `stride` bytes apart at `address`; the bytes of one
   * lie at the end of the place that its floats will fill.
   */
  widen?(address: number, rows: number, columns: number, stride: number, scale: number): void;
  /** Writes the next batch. During a run on it, the one after it may be written, if nobody reads rows after that run. */
  writeNext?(batches: Batches, session: Receiver): void;
  /** Gives up the memory; another session may get it. The control block can still be read. */
  release(): void;
}

/** Makes a backend with `bytes` of zeroed memory and the plan's words in place. */
export type BackendFactory = (words: Int32Array, bytes: number) => Backend;

/** Description of the backend that runs a model. */
export interface BackendInfo {
  readonly backend: "wasm" | "reference";
  /** Build of the Wasm core; `null` on the reference backend. */
  readonly variant: Variant | null;
  readonly threads: number;
  /** Reason why no faster variant was chosen; empty if there is none. */
  readonly reason: string;
  /** Reason why there are no more threads; empty if all cores are used. */
  readonly threadsReason: string;
}

export interface SelectedBackend {
  readonly info: BackendInfo;
  readonly create: BackendFactory;
  /** The same backend with more threads, as many as are available; the reason explains a smaller number. */
  withThreads(threads: "auto" | number): Promise<SelectedBackend>;
  /** The same backend with every kernel, if it has only the common ones (`plan/common.ts`). */
  whole?(): Promise<SelectedBackend>;
  /** Restarts threads that have ended. If that fails, one thread does the work. */
  ready?(): Promise<unknown>;
}
