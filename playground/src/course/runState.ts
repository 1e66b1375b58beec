/** The run as the chapters see it; `null` while the page shows a setup that the engine has not opened yet. */
import type { Setup } from "../setup.js";
import type { EngineHandle } from "../views/useEngine.js";
import type { RunState } from "./checks.js";

type Seen = Pick<EngineHandle, "frame" | "slow" | "logs" | "info" | "error" | "opened">;

/** Settings that a run takes over while it goes on, or that only change what is drawn. */
const LIVE: readonly (keyof Setup)[] = ["learningRate", "batchSize", "regularization", "regularizationRate", "axes"];

export function runStateOf(setup: Setup, { frame, slow, logs, info, error, opened }: Seen): RunState | null {
  if (!frame || !info || !opened) return null;
  const isOther = (Object.keys(setup) as (keyof Setup)[]).some(
    (key) => !LIVE.includes(key) && JSON.stringify(setup[key]) !== JSON.stringify(opened[key]),
  );
  if (isOther) return null;
  return {
    setup,
    logs: logs.filter(({ epoch }) => epoch <= frame.epoch),
    epoch: frame.epoch,
    step: frame.step,
    stepsPerEpoch: frame.stepsPerEpoch,
    parameters: info.parameters,
    weights: slow?.weights ?? [],
    health: slow?.health ?? [],
    confusion: slow?.results?.confusion ?? [],
    hasDiverged: error?.remedy != null,
  };
}
