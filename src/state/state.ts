/**
 * What a model knows by heart: parameters and optimizer slots, in a session while there is one, else in plain arrays.
 * Sessions are made and replaced here and nowhere else.
 */
import { FormatError, newArray, show } from "../base/errors.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { layOut } from "../plan/layout.js";
import type { Section } from "../plan/tape.js";
import { type SlotName, spansOf, unpack } from "../plan/tensor.js";
import type { Compiled, Parameter, Program } from "../program/types.js";
import type { SelectedBackend } from "../runtime/select.js";
import { Session } from "../runtime/session.js";
import { isTrainable } from "../specs/layers/layer.js";
import { optimizerSlots } from "../specs/optimizers/index.js";
import type { Pair } from "./pair.js";
import { initialWeights, packWeights, type Weight, type WeightLike } from "./weights.js";

/** Slabs that outlive a session. */
type StoredSlab = "params" | SlotName;

/** A slab, and the tensors of it that are kept, with what their names begin with in a file. */
interface Source {
  readonly slab: StoredSlab;
  readonly prefix: string;
  readonly parameters: readonly Parameter[];
}

/** A vector that L-BFGS remembers, and its tensors. */
type Memory = Omit<Source, "slab"> & { readonly values: Pair["s"] };

export class ModelState {
  #program: Program;
  #compiled: Compiled | null = null;
  #backend: SelectedBackend;
  #session: Session | null = null;
  /** What the session holds, while there is none. */
  #stored: Map<StoredSlab, Float32Array>;
  /** What L-BFGS remembers, the oldest first. */
  readonly history: Pair[] = [];
  /** Whether moving averages stand in the place of the weights, and these in theirs. */
  #isAveraged = false;

  /** Starts with the first weights that the seed gives, or zeros. @throws BackendError when there is not enough memory. */
  constructor(program: Program, backend: SelectedBackend, seed: number | null) {
    this.#program = program;
    this.#backend = backend;
    const { parameters, plan } = program;
    layOut(plan, 1); // whether it can be addressed, before weights are drawn
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

  /** Bytes that the session holds; 0 without one. */
  get bytes(): number {
    return this.#session?.bytes ?? 0;
  }

  /** The session as it is. */
  get session(): Session | null {
    return this.#session;
  }

  get isAveraged(): boolean {
    return this.#isAveraged;
  }

  /** Puts the moving averages in the place of the weights, or the weights back in theirs. */
  set isAveraged(wanted: boolean) {
    if (wanted === this.#isAveraged) return;
    const [params, average] = [this.#readSlab("params"), this.#readSlab("average")];
    const trainable = this.#program.parameters.filter(isTrainable).map(({ tensor }) => tensor);
    for (const { offset, count } of spansOf(trainable)) {
      const weights = params.slice(offset, offset + count);
      params.set(average.subarray(offset, offset + count), offset);
      average.set(weights, offset);
    }
    this.#writeSlab("params", params);
    this.#writeSlab("average", average);
    this.#isAveraged = wanted;
  }

  /** Goes on with another program, from the same parameters and new optimizer slots. */
  adopt(program: Program, compiled: Compiled): void {
    this.#endSession();
    const params = this.#stored.get("params") as Float32Array;
    this.#stored = new Map([["params", params]]);
    for (const { slab, initial = 0 } of optimizerSlots(compiled.optimizer)) {
      if (initial !== 0) this.#stored.set(slab, newArray(Float32Array, params.length, "The optimizer").fill(initial));
    }
    this.#isAveraged = false;
    this.history.length = 0;
    this.#program = program;
    this.#compiled = compiled;
  }

  /** Goes on with another backend, from the same parameters and slots. */
  moveTo(backend: SelectedBackend): void {
    this.#endSession();
    this.#backend = backend;
  }

  /** A session for a section and at least `rows` rows: the one there is, or one that takes over from it. */
  open(rows: number, section: Section): Session {
    if (this.#session?.fits(rows, section)) return this.#session;
    const session = new Session(this.#program.plan, rows, this.#backend.create, section);
    try {
      this.#endSession();
    } catch (cause) {
      session.release();
      throw cause;
    }
    for (const [name, values] of this.#stored) session.writeSlab(name, values);
    this.#session = session;
    return session;
  }

  /** Gives up everything. */
  clear(): void {
    this.#session?.release();
    this.#session = null;
    this.#stored.clear();
  }

  /** A copy of all parameters as they are stored. */
  readParameters(): Float32Array {
    return this.#readSlab("params");
  }

  /** Writes parameters and slots into a session of another plan of the same model, as far as it has them. */
  copyTo(session: Session): void {
    for (const { slab } of this.#sources()) {
      if (session.plan.slabSizes[slab] > 0) session.writeSlab(slab, this.#readSlab(slab));
    }
  }

  /** A copy of all weights by name, in plain order. */
  readWeights(): Weight[] {
    return this.#readTensors(this.#weights(), this.#readSlab("params"));
  }

  /** Replaces all weights. @throws OptionError, ShapeError, DataError before anything changes. */
  writeWeights(where: string, weights: readonly WeightLike[]): void {
    const values = this.#pack(this.#weights(), where, weights);
    this.isAveraged = false;
    this.history.length = 0;
    this.#writeSlab("params", values);
  }

  /** The weights, then each optimizer slot of those that are trained as `optimizer/m/dense_1/kernel`. */
  save(): NamedTensor[] {
    const weights = this.#sources().flatMap((source) => this.#readTensors(source, this.#readSlab(source.slab)));
    return [...weights, ...this.#historyParts().flatMap((part) => this.#readTensors(part, part.values))];
  }

  /** Takes what `save` gave. @throws FormatError when tensors are missing or too many. */
  load(tensors: ReadonlyMap<string, NamedTensor>, isAveraged: boolean): void {
    this.history.length = 0;
    const sources = this.#sources();
    const pairs = this.#pairsIn(tensors.size - countOf(sources));
    while (this.history.length < pairs) this.history.push({ s: this.#blank(), y: this.#blank() });
    this.#load([...sources, ...this.#historyParts()], tensors);
    this.#isAveraged = isAveraged && this.#compiled?.optimizer.useEma === true;
  }

  /** Takes weights alone; slots stay as `compile` makes them. @throws FormatError when tensors are missing or too many. */
  loadWeights(tensors: ReadonlyMap<string, NamedTensor>): void {
    this.#load([this.#weights()], tensors);
  }

  #load(sources: readonly (Source | Memory)[], tensors: ReadonlyMap<string, NamedTensor>): void {
    const expected = countOf(sources);
    if (tensors.size !== expected) throw new FormatError(`load: expected ${expected} tensors, got ${tensors.size}.`);
    for (const source of sources) {
      const { parameters, prefix } = source;
      const weights = parameters.map(({ path }) => {
        const tensor = tensors.get(prefix + path);
        if (!tensor) throw new FormatError(`load: ${show(prefix + path)} is missing.`);
        return { ...tensor, name: path };
      });
      const values = this.#pack(source, "load", weights);
      if ("values" in source) source.values.set(values);
      else this.#writeSlab(source.slab, values);
    }
  }

  /** Every slab that outlives a session. */
  #sources(): Source[] {
    const slots = this.#compiled ? optimizerSlots(this.#compiled.optimizer) : [];
    const parameters = this.#program.parameters.filter(isTrainable);
    return [this.#weights(), ...slots.map(({ slab, name }) => ({ slab, prefix: `optimizer/${name}/`, parameters }))];
  }

  /** The vectors that L-BFGS remembers, with the names of their parts in a file. */
  #historyParts(): Memory[] {
    const parameters = this.#program.parameters.filter(isTrainable);
    return this.history.flatMap(({ s, y }, i) => [
      { prefix: `optimizer/s${i}/`, parameters, values: s },
      { prefix: `optimizer/y${i}/`, parameters, values: y },
    ]);
  }

  /** Pairs of L-BFGS that make that many tensors; 0 where none do. */
  #pairsIn(tensors: number): number {
    const optimizer = this.#compiled?.optimizer;
    const pairs = tensors / (2 * this.#program.parameters.filter(isTrainable).length);
    const isRight = optimizer?.type === "lbfgs" && Number.isInteger(pairs) && pairs <= optimizer.historySize;
    return isRight ? pairs : 0;
  }

  #blank(): Float32Array {
    return newArray(Float32Array, this.#program.plan.slabSizes.params, "A copy of the weights");
  }

  #weights(): Source {
    return { slab: "params", prefix: "", parameters: this.#program.parameters };
  }

  #readTensors({ prefix, parameters }: Omit<Source, "slab">, values: Pair["s"]): Weight[] {
    return parameters.map(({ path, shape, tensor }) => {
      return { name: prefix + path, shape, data: unpack(tensor, values) };
    });
  }

  #pack({ parameters }: Omit<Source, "slab">, where: string, weights: readonly WeightLike[]): Float32Array {
    return packWeights(where, parameters, weights, this.#blank());
  }

  #writeSlab(slab: StoredSlab, values: Float32Array): void {
    if (this.#session) this.#session.writeSlab(slab, values);
    else this.#stored.set(slab, values);
  }

  #readSlab(name: StoredSlab): Float32Array {
    return this.#session?.readSlab(name) ?? this.#stored.get(name) ?? this.#blank();
  }

  /** Takes parameters and slots back from the session. */
  #endSession(): void {
    if (!this.#session) return;
    for (const { slab } of this.#sources()) this.#stored.set(slab, this.#session.readSlab(slab));
    this.#session.release();
    this.#session = null;
  }
}

/** Tensors of all sources. */
function countOf(sources: readonly Pick<Source, "parameters">[]): number {
  return sources.reduce((sum, { parameters }) => sum + parameters.length, 0);
}
