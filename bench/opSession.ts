/** Sessions for tapes of one or a few records, to time a kernel by itself on the path that models take. */

import { Tape } from "../src/plan/tape.js";
import { pack, type TensorRef } from "../src/plan/tensor.js";
import { type BackendInfo, selectBackend } from "../src/runtime/select.js";
import { LARGE_WORK, Session } from "../src/runtime/session.js";
import type { Engine, Setup } from "./cases.js";

export class OpSession<Tensors extends Record<string, TensorRef>> {
  readonly engine: Engine;
  readonly rows: number;
  readonly tensors: Tensors;
  readonly session: Session;

  private constructor(info: BackendInfo, rows: number, tensors: Tensors, session: Session) {
    // Sessions use their threads for large work only.
    const isLarge = rows * session.plan.flopsPerRow.predict >= LARGE_WORK;
    this.engine = { variant: info.variant ?? info.backend, threads: isLarge ? info.threads : 1 };
    this.rows = rows;
    this.tensors = tensors;
    this.session = session;
    session.rows = rows;
    session.step = 1;
    session.batch = 1;
    session.learningRate = 1e-3;
  }

  /**
   * `emit` builds the tape and names the tensors to write and read. It is run as a section of its own, so large work
   * may use threads; `threads: "auto"` means one here, where there is no model to decide.
   */
  static async open<T extends Record<string, TensorRef>>(setup: Setup, rows: number, emit: (tape: Tape) => T) {
    const { info, create } = await selectBackend(setup);
    const tape = new Tape();
    tape.begin("predict");
    const tensors = emit(tape);
    tape.end();
    return new OpSession(info, rows, tensors, new Session(tape.build(), rows, create));
  }

  write(name: keyof Tensors, values: Float32Array): void {
    const tensor = this.tensors[name];
    if (tensor.slab === "rows") {
      this.session.writeRows(tensor, values, null, 0, this.rows);
      return;
    }
    const slab = this.session.readSlab(tensor.slab);
    pack(tensor, values, slab);
    this.session.writeSlab(tensor.slab, slab);
  }

  read(name: keyof Tensors): Float32Array {
    return this.session.read(this.tensors[name], this.rows);
  }

  /** Runs the whole tape. */
  run(): void {
    this.session.run("predict");
  }

  /** Runs one record of the tape, on one thread. */
  runRecord(record: number): void {
    this.session.runRecord(record);
  }
}
