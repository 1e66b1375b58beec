/** Everything that belongs to one setup: data, model, views and run. */
import type { Manner } from "./pace.js";
import type { EpochLog } from "./protocol.js";
import { Run } from "./run.js";
import { type Parts, View } from "./view.js";

export interface Bench extends Parts {
  readonly view: View;
  readonly run: Run;
  /** The bytes of a model that was brought, as it came; `null` for one that the page made. */
  readonly came: Came | null;
}

/** A model that was brought, before the page trained it. */
export interface Came {
  readonly bytes: Uint8Array;
  readonly epoch: number;
}

interface BenchOptions {
  readonly manner: Manner;
  /** Scores of a model that has been trained before. */
  readonly first?: EpochLog | null;
  onTrouble(error: unknown, run: Run): Promise<void>;
}

export async function openBench(
  parts: Parts & Pick<Bench, "came">,
  { manner, first = null, onTrouble }: BenchOptions,
): Promise<Bench> {
  const view = await View.open(parts);
  const run: Run = new Run(parts, (error) => onTrouble(error, run), first);
  run.play(manner);
  return { ...parts, view, run };
}

export function dispose(bench: Bench | null): void {
  bench?.view.dispose();
  bench?.model.dispose();
}
