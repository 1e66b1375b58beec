/** A model that predicts in the units of its target, for use elsewhere; and, on its way back, the one that the page trains. */
import { type RuntimeOptions, rescaling, type Sequential } from "simdgrad";
import { modelOf, type Portable, portableOf } from "simdgrad/formats";
import type { TargetScale } from "./targetScale.js";

const NAME = "units";

/** The bytes of the same model with a last layer that gives the units of the target. */
export async function savedInUnits(
  model: Sequential,
  { mean, deviation }: TargetScale,
  runtime: RuntimeOptions,
): Promise<Uint8Array> {
  const source = await portableOf(model);
  const units = { name: NAME, spec: rescaling({ scale: deviation, offset: mean, name: NAME }), weights: new Map() };
  const whole = await modelOf({ ...source, layers: [...source.layers, units] }, runtime);
  try {
    return whole.save();
  } finally {
    whole.dispose();
  }
}

/** The same model without a last layer that gives the units of the target. */
export function withoutUnits(source: Portable): Portable {
  const { layers } = source;
  return layers.at(-1)?.spec.type === "rescaling" ? { ...source, layers: layers.slice(0, -1) } : source;
}
