/** Two runs beside each other: A, which is kept, and the present one. They train in step, and each alone would end with the same bits. */
import type { Setup } from "../setup.js";
import { type Bench, dispose } from "./bench.js";
import { hashOf } from "./hash.js";
import type { Manner } from "./pace.js";
import type { OtherFrame, OtherView, ViewOptions } from "./protocol.js";
import type { Run, Until } from "./run.js";

export class Pair {
  /** Run A; `null` if nothing is compared. */
  other: Bench | null = null;
  /** True if A trains while the present run does. */
  #trains = true;
  /** Counts starts and pauses: who waits to start A asks whether it is still wanted. */
  #turn = 0;

  /** Puts another run in the place of A. */
  replace(bench: Bench | null): void {
    dispose(this.other);
    this.other = bench;
  }

  play({ stops, trainsBoth = true }: Manner): void {
    this.#trains = trainsBoth;
    // The present run has the tempo, and A follows it.
    this.other?.run.play({ tempo: "max", stops });
    if (!trainsBoth) this.other?.run.rest();
  }

  /** Resolves once both are idle. */
  async pause(run: Run | undefined): Promise<void> {
    this.#turn++;
    await Promise.all([run?.pause(), this.other?.run.pause()]);
  }

  /** Ends the present run after the epoch, and with it A. */
  rest(run: Run): void {
    if (run.isGoing) run.rest();
    else this.other?.run.rest();
  }

  /** Starts the present run, and A as soon as the present run is ahead of it. */
  start(run: Run, until: Until): void {
    const other = this.#trains ? this.other?.run : undefined;
    const follow = () => other?.start(until, { run, leads: true });
    run.start(until, other ? { run: other, leads: false } : null);
    if (!other || other.hasStopped || other.isGoing) return;
    if (until !== "paused") {
      if (other.epoch <= run.epoch) follow();
      return;
    }
    const turn = ++this.#turn;
    void (run.reached(other.epoch + 1) ?? Promise.resolve()).then(() => {
      if (this.#turn === turn && this.#trains && other.epoch < run.epoch) follow();
    });
  }

  describe(): OtherView | null {
    if (!this.other) return null;
    const { setup, run, model } = this.other;
    const parameters = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
    return { setup, parameters, logs: [...run.history] };
  }

  /** Shows A along other axes. */
  turn(axes: Setup["axes"]): void {
    if (!this.other) return;
    const canvas = this.other.canvas.turned(axes);
    this.other = { ...this.other, canvas, view: this.other.view.on(canvas) };
  }

  look({ boundary }: ViewOptions): OtherFrame | null {
    if (!this.other) return null;
    const { view, run, problem, model } = this.other;
    const side = problem.image ? 0 : boundary;
    const seen = view.look({ boundary: side, unit: null, maps: 0, weights: false, results: false });
    return { ...run.look(), boundary: seen.boundary, hash: hashOf(model.getWeights()) };
  }
}
