/** Sessions that run single tape records, so that a kernel can be timed by itself, on the path that models take. */
import { Tape } from "../src/plan/tape.js";
import { pack, type TensorRef } from "../src/plan/tensor.js";
import { type BackendInfo, selectBackend } from "../src/runtime/select.js";
import { Session } from "../src/runtime/session.js";
import type { Contest, Setup } from "./harness.js";

export class OpSession<Tensors extends Record<string, TensorRef>> {
  /** What a contest says of our side. */
  readonly facts: Pick<Contest, "variant" | "threads">;
  readonly rows: number;
  readonly tensors: Tensors;
  readonly session: Session;

  private constructor(info: BackendInfo, rows: number, tensors: Tensors, session: Session) {
    this.facts = { variant: info.variant ?? info.backend, threads: info.threads };
    this.rows = rows;
    this.tensors = tensors;
    this.session = session;
    session.rows = rows;
    session.step = 1;
    session.learningRate = 1e-3;
  }

  /** `emit` builds the tape and names the tensors to write and read. */
  static async open<T extends Record<string, TensorRef>>(setup: Setup, rows: number, emit: (tape: Tape) => T) {
    const { info, create } = await selectBackend(setup);
    const tape = new Tape();
    const tensors = emit(tape);
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
    const tensor = this.tensors[name];
    if (tensor.slab !== "rows") return this.session.readParameter(tensor);
    const out = new Float32Array(this.rows * tensor.shape[0]);
    this.session.readRows(tensor, this.rows, out);
    return out;
  }

  /** Runs one record of the tape. */
  run(record = 0): void {
    this.session.runRecord(record);
  }
}
