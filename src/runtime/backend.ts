/**
 * What a session asks of a backend: a memory it can see, and `run`. A backend knows records and addresses;
 * it has never heard of layers, losses or models.
 */

/** A memory with an encoded plan in it, and something that executes records of that plan. */
export interface Backend {
  /** The memory as floats; kept for the life of the backend, and never handed to users. */
  readonly floats: Float32Array | Float64Array;
  /** The same memory as 32-bit integers. */
  readonly ints: Int32Array;
  /** The same memory as 64-bit floats. */
  readonly doubles: Float64Array;
  /** True after a run that not all threads have finished: then this memory must be replaced. */
  readonly isBroken: boolean;
  /** Executes records [begin, end), or fewer when one sets a status. Large work may be shared among threads. */
  run(begin: number, end: number, isLarge: boolean): void;
  /** Gives up the memory, which others may get. What the control block says can still be read. */
  release(): void;
}

/** Makes a backend with `bytes` of zeroed memory and the plan's words in place. */
export type BackendFactory = (words: Int32Array, bytes: number) => Backend;
