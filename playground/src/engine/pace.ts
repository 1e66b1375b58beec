/** The tempo of training: waits between steps or epochs, which change no bit of what is learned. */

/** Steps or epochs a second; `max`: as fast as it goes. */
export const tempos = ["step", "1", "10", "30", "60", "max"] as const;
export type Tempo = (typeof tempos)[number];

/** How a run is played. */
export interface Manner {
  readonly tempo: Tempo;
  /** True if it stops by itself once the test loss is flat. */
  readonly stops: boolean;
  /** False if run A of a comparison stays as it is; true by default. */
  readonly trainsBoth?: boolean;
}

export class Pace {
  #tempo: Tempo = "max";
  #due = 0;
  #release: (() => void) | null = null;

  get tempo(): Tempo {
    return this.#tempo;
  }

  set tempo(tempo: Tempo) {
    this.#tempo = tempo;
    this.hurry();
  }

  get isWaiting(): boolean {
    return this.#release !== null;
  }

  /** Ends a wait. */
  hurry(): void {
    this.#release?.();
  }

  /** Resolves when the next step or epoch is due; `undefined` if it is due now. */
  after(what: "step" | "epoch"): Promise<void> | undefined {
    const gap = gapOf(this.#tempo, what);
    if (gap === 0) return undefined;
    const now = performance.now();
    this.#due = Math.max(this.#due + gap, now);
    if (this.#due === now) return undefined;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#release = null;
        resolve();
      };
      const timer = setTimeout(end, this.#due - now);
      this.#release = end;
    });
  }
}

/** Milliseconds from one to the next. */
function gapOf(tempo: Tempo, what: "step" | "epoch"): number {
  if (tempo === "max") return 0;
  if (tempo === "step") return what === "step" ? 1000 : 0;
  return what === "epoch" ? 1000 / Number(tempo) : 0;
}
