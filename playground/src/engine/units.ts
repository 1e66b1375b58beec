/** A model that predicts in the units of its target, for use elsewhere; and, on its way back, the one that the page trains. */
import { type RuntimeOptions, rescaling, type Sequential } from "simdgrad";
import { modelOf, type Portable, portableOf } from "simdgrad/formats";
import type { TargetScale } from "./targetScale.js";

const NAME = "units";

/** y = scale · x + offset. */
interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** The bytes of the same model with a last layer that gives the units of the target. */
export async function savedInUnits(
  model: Sequential,
  { mean, deviation }: TargetScale,
  runtime: RuntimeOptions,
): Promise<Uint8Array> {
  const source = followed(await portableOf(model), { scale: deviation, offset: mean });
  const whole = await modelOf(source, runtime);
  try {
    return whole.save();
  } finally {
    whole.dispose();
  }
}

/** A model that predicts in the units of the target, as one that predicts standard deviations from the mean. */
export function inDeviations(source: Portable, { mean, deviation }: TargetScale): Portable {
  return followed(source, { scale: 1 / deviation, offset: -mean / deviation });
}

/** The same model with a line after its output; with its last layer, if that is a line, it becomes one. */
function followed(source: Portable, { scale, offset }: Line): Portable {
  const last = source.layers.at(-1);
  const first = last?.spec.type === "rescaling" ? last.spec : null;
  const layers = first ? source.layers.slice(0, -1) : source.layers;
  const whole = { scale: scale * (first?.scale ?? 1), offset: offset + scale * (first?.offset ?? 0) };
  if (isIdentity(whole)) return { ...source, layers };
  const line = { name: NAME, spec: rescaling({ ...whole, name: NAME }), weights: new Map() };
  return { ...source, layers: [...layers, line] };
}

/** True for the line that changes nothing, but for rounding. */
function isIdentity({ scale, offset }: Line): boolean {
  return Math.abs(scale - 1) < 1e-9 && Math.abs(offset) < 1e-9;
}
