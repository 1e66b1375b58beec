/**
 * The engine: a model, its data and the run that trains it. Takes requests, sends events; knows no page and no worker.
 * One run continues from request to request: a pause interrupts `fit`, and the next request resumes it to the bit.
 */
import { NonFiniteError } from "simdgrad";
import { isOwn, isSame, type OwnName, type Setup } from "../setup.js";
import { type Bench, dispose, openBench } from "./bench.js";
import { Brought } from "./brought.js";
import { openCanvas } from "./canvas.js";
import { describeModel, describeProblem, messageOf, oneRow, ownOf } from "./describe.js";
import { hashOf } from "./hash.js";
import { createModel, runtimeOf } from "./network.js";
import type { Manner } from "./pace.js";
import { Pair } from "./pair.js";
import { drawPicture } from "./pictures.js";
import { MissingFiles, openProblem } from "./problem.js";
import type { EngineEvent, EngineRequest, EpochLog, Question, RowPlace, ViewOptions, Walk } from "./protocol.js";
import { findRate, remedyFor } from "./rate.js";
import type { Run } from "./run.js";
import { natural } from "./targetScale.js";
import { thumbnails } from "./thumbnails.js";
import type { Parts } from "./view.js";

export class Engine {
  readonly #tell: (event: EngineEvent) => void;
  readonly #brought = new Brought();
  #bench: Bench | null = null;
  /** The trained bench that the last `open` replaced, to go back to. */
  #left: Bench | null = null;
  readonly #pair = new Pair();
  /** The landscape that was asked for last. */
  #landscape = 0;
  #manner: Manner = { tempo: "max", stops: false };
  /** The last setup requested: earlier ones need not be opened any more. */
  #wanted: EngineRequest | null = null;
  #wantedOther: EngineRequest | null = null;
  /** Runs requests one after another. */
  #last: Promise<void> = Promise.resolve();

  constructor(tell: (event: EngineEvent) => void) {
    this.#tell = tell;
  }

  take(request: EngineRequest): void {
    if (request.type === "open") this.#wanted = request;
    if (request.type === "compare") this.#wantedOther = request;
    const done = this.#last.then(() => this.#handle(request)).catch((error) => this.#report(request, error));
    // Searches and landscapes work on a copy: meanwhile the run goes on, and is looked at.
    if (request.type !== "findRate" && request.type !== "landscape") this.#last = done;
  }

  async #handle(request: EngineRequest): Promise<void> {
    switch (request.type) {
      case "open":
        return request === this.#wanted ? this.#open(request) : undefined;
      case "restore":
        return this.#restore();
      case "keep":
        return this.#keep();
      case "compare":
        return request === this.#wantedOther ? this.#compare(request) : undefined;
      case "exchange":
        return this.#exchange();
      case "tune":
        return this.#tune(request.setup);
      case "manner":
        this.#manner = request.manner;
        return this.#pace();
      case "edit":
        await this.#pause();
        return this.#need().run.edit(request.name, request.place, request.value);
      case "seek":
        await this.#pause();
        return this.#need().run.seek(request.epoch);
      case "axes":
        return this.#turn(request.axes);
      case "play":
        return this.#pair.start(this.#need().run, "paused");
      case "pause":
        return this.#pair.rest(this.#need().run);
      case "step":
      case "epoch":
        return this.#pair.start(this.#need().run, request.type);
      case "look":
        return this.#look(request.options);
      default:
        return this.#tell({ type: "answer", id: request.id, value: await this.#answer(request) });
    }
  }

  async #answer(question: Question): Promise<unknown> {
    switch (question.type) {
      case "predict":
        return this.#predict(question.x);
      case "predictRow":
        return this.#predict(this.#brought.encode(question.values));
      case "row":
        return oneRow(this.#need().problem[question.place.part], question.place.row);
      case "explain":
        return this.#explain(question.place);
      case "walk":
        return this.#walk(question.place);
      case "save":
        return question.asItCame ? this.#need().came?.bytes : this.#save();
      case "load":
        return this.#load(question.files);
      case "findRate": {
        const { setup, problem } = this.#need();
        return findRate(setup, problem);
      }
      case "bend": {
        const { bendOf } = await import("./bend.js");
        const { view, ...parts } = this.#need();
        return bendOf(view, parts, question.layer);
      }
      case "landscape": {
        const [bench, own] = [this.#need(), ++this.#landscape];
        const path = bench.run.path;
        const { landscapeOf } = await import("./landscape.js");
        return landscapeOf(bench, path, question, () => own !== this.#landscape || bench.model !== this.#bench?.model);
      }
      case "thumbnails":
        return thumbnails();
      case "picture":
        return drawPicture(question.name, this.#need(), question);
      case "receive": {
        const { receive } = await import("./received.js");
        return receive(question.files);
      }
      case "readTable":
        return this.#brought.readTable(question.file, question.reading);
      case "useTable":
        return this.#brought.useTable(question.choice);
      case "readImages":
        return this.#brought.readImages(question.files);
      default:
        return question satisfies never;
    }
  }

  /** Resolves once nothing trains. */
  #pause(): Promise<void> {
    return this.#pair.pause(this.#bench?.run);
  }

  async #open({ setup, isFresh }: EngineRequest & { type: "open" }): Promise<void> {
    await this.#pause();
    const isLeft = this.#left !== null && JSON.stringify(this.#left.setup) === JSON.stringify(setup);
    if (isLeft && !isFresh && !isOwn(setup.source)) return this.#restore();
    const parts = await this.#made(setup).catch((error) => {
      if (error instanceof MissingFiles) return this.#clear(error.source);
      this.#clear(null);
      throw error;
    });
    if (parts) await this.#adopt(parts);
  }

  /** Data and a model in its initial state. @throws MissingFiles */
  async #made(setup: Setup): Promise<Parts & Pick<Bench, "came">> {
    const problem = await openProblem(setup, (source) => this.#brought.get(source));
    return { setup, problem, model: await createModel(setup, problem), canvas: openCanvas(problem, setup), came: null };
  }

  #benchOf(parts: Parts & Pick<Bench, "came">, first: EpochLog | null = null): Promise<Bench> {
    const onTrouble = (error: unknown, run: Run) => this.#fail(error, run);
    return openBench(parts, { manner: this.#manner, first, onTrouble });
  }

  async #keep(): Promise<void> {
    await this.#pause();
    const bench = this.#need();
    const { setup, problem, canvas } = bench;
    this.#bench = await this.#benchOf({ setup, problem, canvas, model: await createModel(setup, problem), came: null });
    this.#pair.replace(bench);
    this.#tellCompared();
    this.#tellOpened();
  }

  async #compare({ setup, isFresh }: EngineRequest & { type: "compare" }): Promise<void> {
    const other = this.#pair.other?.setup;
    if (setup && other && !isFresh && isSame(setup, other)) return;
    const isGoing = this.#bench?.run.isGoing ?? false;
    await this.#pause();
    // A comparison that was begun and ended at once leaves the run as it was.
    if (!setup && this.#bench?.run.isFresh && other && isSame(this.#bench.setup, other)) await this.#exchange();
    // What is missing has been told of the present run.
    const parts = setup && (await this.#made(setup).catch(() => null));
    this.#pair.replace(parts && (await this.#benchOf(parts)));
    this.#tellCompared();
    if (isGoing) this.#pair.start(this.#need().run, "paused");
  }

  async #exchange(): Promise<void> {
    const { other } = this.#pair;
    if (!other) return;
    await this.#pause();
    [this.#bench, this.#pair.other] = [other, this.#need()];
    this.#tellCompared();
    this.#tellOpened();
  }

  #pace(): void {
    this.#bench?.run.play(this.#manner);
    this.#pair.play(this.#manner);
  }

  #tellCompared(): void {
    this.#pace();
    this.#tell({ type: "compared", other: this.#pair.describe() });
  }

  /** Leaves nothing to train on: the data of the last setup are not those of this one. */
  #clear(source: OwnName | null): null {
    dispose(this.#bench);
    this.#bench = null;
    this.#tell({ type: "missing", source });
    return null;
  }

  /** Predictions in the units of the target. */
  #predict(x: Float32Array): Float32Array {
    const { model, problem } = this.#need();
    return natural(model.predict(x), problem.targetScale);
  }

  /** Sets up a model with its data: in its initial state, or with scores so far. */
  async #adopt(parts: Parts & Pick<Bench, "came">, first: EpochLog | null = null): Promise<void> {
    const bench = await this.#benchOf(parts, first);
    const old = this.#bench;
    if (old?.run.epoch) {
      dispose(this.#left);
      this.#left = old;
    } else dispose(old);
    this.#bench = bench;
    this.#tellOpened();
  }

  /** Goes back to the run that was left; the present one is left instead. */
  async #restore(): Promise<void> {
    if (!this.#left) return;
    await this.#pause();
    [this.#bench, this.#left] = [this.#left, this.#bench];
    this.#bench.run.play(this.#manner);
    this.#tellOpened();
  }

  #tellOpened(): void {
    const bench = this.#need();
    const { setup, model, run, came } = bench;
    this.#tell({
      type: "opened",
      setup,
      problem: describeProblem(bench),
      info: { ...describeModel(model), own: came && ownOf(model, came.epoch) },
      logs: [...run.history],
    });
  }

  /** New settings for the running training: the same weights, the same memory of the optimizer, the same epoch. */
  async #tune(setup: Setup): Promise<void> {
    const bench = this.#need();
    const { run, model } = bench;
    const keys = ["regularization", "regularizationRate"] as const;
    if (keys.every((key) => bench.setup[key] === setup[key])) {
      run.tune(setup);
      this.#bench = { ...bench, setup };
      return;
    }
    const isGoing = run.isGoing;
    await this.#pause();
    const { withPenalty } = await import("./penalty.js");
    const parts = { ...bench, setup, model: await withPenalty(model, setup) };
    await this.#adopt(parts, run.history.at(-1) ?? null);
    this.#need().run.tune(setup);
    if (isGoing) this.#pair.start(this.#need().run, "paused");
  }

  /** Shows the same model along other axes. */
  #turn(axes: Setup["axes"]): void {
    const bench = this.#need();
    const canvas = bench.canvas.turned(axes);
    this.#bench = { ...bench, canvas, view: bench.view.on(canvas) };
    this.#pair.turn(axes);
    this.#tell({ type: "turned", problem: describeProblem(this.#bench) });
  }

  #need(): Bench {
    if (this.#bench) return this.#bench;
    throw new Error("There is no network yet: choose data first.");
  }

  #look(options: ViewOptions): void {
    if (!this.#bench) return; // the error at opening has been reported
    const { run, view, model } = this.#bench;
    const began = performance.now();
    const seen = { ...view.look(options), hash: hashOf(model.getWeights()) };
    const moments = options.weights ? run.moments : null;
    const other = this.#pair.look(options);
    const progress = run.look();
    // The page looks as long as either of them trains.
    const isRunning = progress.isRunning || other?.isRunning === true;
    const cost = performance.now() - began;
    this.#tell({ type: "frame", frame: { ...progress, ...seen, isRunning, other, moments, cost } });
  }

  async #explain({ part, row }: RowPlace): Promise<string> {
    const { model, problem } = this.#need();
    const { explain } = await import("simdgrad/explain");
    return (await explain(model, oneRow(problem[part], row))).toHtml();
  }

  /** The same in numbers, for the diagram. */
  async #walk({ part, row }: RowPlace): Promise<Walk> {
    const { model, problem } = this.#need();
    const { explain } = await import("simdgrad/explain");
    const sample = oneRow(problem[part], row);
    return { steps: (await explain(model, sample)).steps, x: Float32Array.from(sample.x[0]), y: sample.y[0] };
  }

  /** The model as a file. It predicts in the units of the target, wherever it is used. */
  async #save(): Promise<Uint8Array> {
    const { model, problem, setup, run } = this.#need();
    if (!problem.targetScale) return run.bytes;
    const { savedInUnits } = await import("./units.js");
    return savedInUnits(model, problem.targetScale, runtimeOf(setup));
  }

  /** Takes over a model from files, and returns what a person should know about it. */
  async #load(files: readonly File[]): Promise<readonly string[]> {
    const { setup, problem, canvas, model: own } = this.#need();
    await this.#pause();
    const { bringBack, scoresOf } = await import("./bringBack.js");
    const { model, notes } = await bringBack(files, { setup, problem, model: own });
    const scores = await scoresOf(model, problem);
    await this.#adopt({ setup, problem, canvas, model, came: { bytes: model.save(), epoch: scores.epoch } }, scores);
    return notes;
  }

  /** Reports an error from which training cannot resume. */
  async #fail(error: unknown, run: Run): Promise<void> {
    const { setup, problem } = this.#need();
    if (run === this.#pair.other?.run) {
      this.#tell({ type: "error", error: { message: `Run A has ended. ${messageOf(error)}`, remedy: null } });
      return;
    }
    const remedy = error instanceof NonFiniteError ? await remedyFor(setup, problem) : null;
    this.#tell({ type: "error", error: { message: messageOf(error), remedy } });
  }

  #report(request: EngineRequest, error: unknown): void {
    if ("id" in request) this.#tell({ type: "refused", id: request.id, message: messageOf(error) });
    else this.#tell({ type: "error", error: { message: messageOf(error), remedy: null } });
  }
}
