/**
 * The state of a model: parameters and optimizer slots, in a session while there is one, otherwise in plain arrays.
 * Sessions are created and replaced here and nowhere else.
 */
import { FormatError, newArray } from "../base/errors.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { isCommon } from "../plan/common.js";
import { layOut } from "../plan/layout.js";
import type { Plan, Section } from "../plan/tape.js";
import { type SlotName, spansOf } from "../plan/tensor.js";
import type { Compiled, Parameter, Program } from "../program/types.js";
import type { SelectedBackend } from "../runtime/select.js";
import { Session } from "../runtime/session.js";
import { optimizerSlots } from "../specs/optimizers/facts.js";
import { ABSENT, loadUpdates } from "../specs/optimizers/updates.js";
import { initialWeights } from "./draw.js";
import { blankSlab, fromTensors, packWeights, toTensors, type Weight, type WeightLike } from "./weights.js";

/** Slabs that outlive a session. */
type StoredSlab = "params" | SlotName;

/** A slab, its tensors that are kept, and the prefix of their names in a file. */
interface Source {
  readonly slab: StoredSlab;
  readonly prefix: string;
  readonly parameters: readonly Parameter[];
}

export class ModelState {
  #program: Program;
  #compiled: Compiled | null = null;
  /** Builds the program of what the model is compiled with. */
  #build: (() => Program) | null = null;
  #backend: SelectedBackend;
  #session: Session | null = null;
  /** The slabs while there is no session. */
  #stored: Map<StoredSlab, Float32Array>;
  /** True while moving averages and weights have exchanged places. */
  #isAveraged = false;

  /** Starts with initial weights drawn from the seed, or zeros. @throws BackendError if there is not enough memory */
  constructor(program: Program, backend: SelectedBackend, seed: number | null) {
    this.#program = program;
    this.#backend = backend;
    const { parameters, plan } = program;
    layOut(plan, 1); // throws before weights are drawn if the plan cannot be addressed
    const params = newArray(Float32Array, plan.slabSizes.params, "The weights of this model");
    this.#stored = new Map([["params", seed === null ? params : initialWeights(parameters, seed, params)]]);
  }

  get program(): Program {
    return this.#program;
  }

  get compiled(): Compiled | null {
    return this.#compiled;
  }

  get backend(): SelectedBackend {
    return this.#backend;
  }

  /** Bytes that the session holds; 0 without a session. */
  get bytes(): number {
    return this.#session?.bytes ?? 0;
  }

  /** The current session; `null` without one. */
  get session(): Session | null {
    return this.#session;
  }

  get isAveraged(): boolean {
    return this.#isAveraged;
  }

  /** Puts the moving averages in the place of the weights, or puts the weights back. */
  set isAveraged(wanted: boolean) {
    if (wanted === this.#isAveraged) return;
    const [params, average] = [this.#readSlab("params"), this.#readSlab("average")];
    const trainable = this.#program.trainable.map(({ tensor }) => tensor);
    for (const { offset, count } of spansOf(trainable)) {
      const weights = params.slice(offset, offset + count);
      params.set(average.subarray(offset, offset + count), offset);
      average.set(weights, offset);
    }
    this.#writeSlab("params", params);
    this.#writeSlab("average", average);
    this.#isAveraged = wanted;
  }

  /** Continues with another program, from the same parameters and new optimizer slots. */
  adopt(build: () => Program, compiled: Compiled): void {
    const program = build();
    this.#endSession();
    const params = this.#stored.get("params") as Float32Array;
    this.#stored = new Map([["params", params]]);
    for (const { slab, initial = 0 } of optimizerSlots(compiled.optimizer)) {
      if (initial !== 0) this.#stored.set(slab, newArray(Float32Array, params.length, "The optimizer").fill(initial));
    }
    this.#isAveraged = false;
    this.#program = program;
    this.#build = build;
    this.#compiled = compiled;
  }

  /** Continues with another backend, from the same parameters and slots. */
  moveTo(backend: SelectedBackend): void {
    this.#endSession();
    this.#backend = backend;
  }

  /**
   * Moves the model to a backend that has the kernels of its program. Until then it may only predict: the small builds
   * have those of all that `create` knows, but `compile` may choose a rare loss or optimizer, and does not wait.
   */
  async loadKernels(): Promise<void> {
    await this.loadUpdate();
    while (this.lacksKernels()) {
      const before = this.#backend;
      const whole = await before.whole?.();
      // Meanwhile others may have moved it, or compiled it anew and be training: they keep their session.
      if (whole && this.#backend === before && this.lacksKernels()) this.moveTo(whole);
    }
  }

  /** Builds the program anew if its update was not loaded when the model was compiled. */
  async loadUpdate(): Promise<void> {
    const isAbsent = () => this.#program.plan.records.some(({ op }) => op === ABSENT);
    if (!isAbsent()) return;
    await loadUpdates();
    // Meanwhile others may have built it, and be training.
    if (!isAbsent() || !this.#build) return;
    this.#endSession();
    this.#program = this.#build();
  }

  /** True if the loaded build cannot run every record of the plan. */
  lacksKernels({ records }: Plan = this.#program.plan): boolean {
    return this.#backend.whole !== undefined && !records.every(isCommon);
  }

  /** A session for a section and at least `rows` rows: the current one, or a new one that replaces it. */
  open(rows: number, section: Section): Session {
    if (this.#session?.fits(rows, section)) return this.#session;
    const session = new Session(this.#program.plan, rows, this.#backend.create, section);
    try {
      this.#endSession();
    } catch (cause) {
      session.release();
      throw cause;
    }
    for (const [slab, values] of this.#stored) {
      // Without weights to train there are no slots.
      if (session.plan.slabSizes[slab] > 0) session.writeSlab(slab, values);
    }
    this.#session = session;
    return session;
  }

  /** Drops everything. */
  clear(): void {
    this.#session?.release();
    this.#session = null;
    this.#stored.clear();
  }

  /** A copy of all parameters as they are stored. */
  readParameters(): Float32Array {
    return this.#readSlab("params");
  }

  /** Writes parameters, and those slots that it has, into a session with another plan of the same model. */
  copyTo(session: Session): void {
    for (const { slab } of this.#sources()) {
      if (session.plan.slabSizes[slab] > 0) session.writeSlab(slab, this.#readSlab(slab));
    }
  }

  /** A copy of all weights by name, or of those whose names begin so, in plain order. */
  readWeights(prefix = ""): Weight[] {
    const parameters = this.#program.parameters.filter(({ path }) => path.startsWith(prefix));
    return toTensors(parameters, this.#readSlab("params"));
  }

  /** Replaces all weights. @throws OptionError, ShapeError, DataError before anything changes */
  writeWeights(where: string, weights: readonly WeightLike[]): void {
    const values = packWeights(where, this.#program.parameters, weights, blankSlab(this.#size));
    this.isAveraged = false;
    this.#writeSlab("params", values);
  }

  /** The weights, then each optimizer slot of the trainable ones, named like `optimizer/m/dense_1/kernel`. */
  save(): NamedTensor[] {
    return this.#sources().flatMap(({ slab, prefix, parameters }) => {
      return toTensors(parameters, this.#readSlab(slab), prefix);
    });
  }

  /** Number of tensors that `save` returns. */
  get tensorCount(): number {
    return countOf(this.#sources());
  }

  /** Loads the tensors that `save` returned. @throws FormatError if tensors are missing or superfluous */
  load(tensors: ReadonlyMap<string, NamedTensor>, isAveraged: boolean): void {
    this.#load(this.#sources(), tensors);
    this.#isAveraged = isAveraged && this.#compiled?.optimizer.useEma === true;
  }

  /** Loads only weights; slots stay as `compile` makes them. @throws FormatError like `load` */
  loadWeights(tensors: ReadonlyMap<string, NamedTensor>): void {
    this.#load([this.#weights()], tensors);
  }

  #load(sources: readonly Source[], tensors: ReadonlyMap<string, NamedTensor>): void {
    const expected = countOf(sources);
    if (tensors.size !== expected) throw new FormatError(`expected ${expected} tensors, got ${tensors.size}.`);
    for (const { slab, prefix, parameters } of sources) {
      this.#writeSlab(slab, fromTensors(parameters, tensors, prefix, this.#size));
    }
  }

  /** All slabs that outlive a session. */
  #sources(): Source[] {
    const slots = this.#compiled ? optimizerSlots(this.#compiled.optimizer) : [];
    const parameters = this.#program.trainable;
    return [this.#weights(), ...slots.map(({ slab, name }) => ({ slab, prefix: `optimizer/${name}/`, parameters }))];
  }

  #weights(): Source {
    return { slab: "params", prefix: "", parameters: this.#program.parameters };
  }

  /** Number of floats in each slab. */
  get #size(): number {
    return this.#program.plan.slabSizes.params;
  }

  #writeSlab(slab: StoredSlab, values: Float32Array): void {
    if (this.#session) this.#session.writeSlab(slab, values);
    else this.#stored.set(slab, values);
  }

  #readSlab(name: StoredSlab): Float32Array {
    return this.#session?.readSlab(name) ?? this.#stored.get(name) ?? blankSlab(this.#size);
  }

  /** Copies parameters and slots back from the session, and ends it. */
  #endSession(): void {
    if (!this.#session) return;
    for (const { slab } of this.#sources()) this.#stored.set(slab, this.#session.readSlab(slab));
    this.#session.release();
    this.#session = null;
  }
}

/** Number of tensors in all sources. */
function countOf(sources: readonly Pick<Source, "parameters">[]): number {
  return sources.reduce((sum, { parameters }) => sum + parameters.length, 0);
}
