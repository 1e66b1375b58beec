/** The memory of optimizers as Keras's list of variables: step, learning rate, then vectors of state for each weight. */
import { counted } from "../../base/counted.js";
import { FormatError } from "../../base/errors.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { PlacedLayer } from "../../specs/layers/facts.js";
import { isTrainable } from "../../specs/layers/layer.js";
import type { OptimizerSpec } from "../../specs/optimizers/facts.js";
import { nadamProduct } from "../nadam.js";
import type { PortableTensor, PortableTraining } from "../portable.js";
import type { Config } from "./dialect.js";
import { layerEntry } from "./tablesLayers.js";
import { optimizers } from "./tablesOptimizers.js";

/** A weight that the optimizer changes. */
export interface Trained {
  /** `dense_1/kernel` */
  readonly path: string;
  readonly shape: Shape;
  /** Its shape in the file. */
  readonly shapeThere: Shape;
}

/** The weights that an optimizer changes, in Keras's order. */
export function trainedOf(layers: readonly PlacedLayer[]): Trained[] {
  return layers.flatMap(({ name, spec, parameters, inputShape }) =>
    parameters.filter(isTrainable).map(({ name: weight, shape }) => ({
      path: `${name}/${weight}`,
      shape,
      shapeThere: layerEntry(spec.type).shapeThere?.(weight, shape, inputShape) ?? shape,
    })),
  );
}

/** One variable. */
interface Variable {
  /** The slot and weight it belongs to; none for a number that follows from others. */
  readonly slot?: string;
  readonly weight?: Trained;
  readonly shape: Shape;
  readonly isInteger?: boolean;
  /** Its value, from those of the slots. */
  readonly value?: (slots: Slots) => Float32Array;
  /** Places of its values in the slot. @default all, in order */
  readonly places?: (i: number) => number;
}

type Slots = PortableTraining["slots"];

/** The variables after step and learning rate. */
function variablesOf(spec: OptimizerSpec, trained: readonly Trained[], step: number): Variable[] {
  const all = (slot: string, weight: Trained): Variable => ({ slot, weight, shape: weight.shapeThere });
  const averages = spec.useEma ? trained.map((weight) => all("average", weight)) : [];
  const entry = optimizers[spec.type];
  if (spec.type === "adafactor") return [...averages, ...trained.flatMap(factored)];
  if (spec.type === "muon") {
    const ofMuon = (weight: Trained) => (weight.shape.length === 2 ? ["m"] : ["m", "v"]);
    return [...averages, ...trained.flatMap((weight) => ofMuon(weight).map((slot) => all(slot, weight)))];
  }
  const groups = entry?.groups?.(spec as object as Config) ?? [];
  const slots = groups.flatMap((group) => trained.flatMap((weight) => group.map((slot) => all(slot, weight))));
  if (spec.type !== "nadam") return [...averages, ...slots];
  return [...averages, ...slots, { shape: [], value: () => Float32Array.of(nadamProduct(spec.beta1, 1, step)) }];
}

/** Adafactor keeps rows, columns and their product for a kernel; two zeros and the sizes for a vector. */
function factored(weight: Trained): Variable[] {
  const { shape, path } = weight;
  if (shape.length !== 2) {
    const zero = { shape: [], isInteger: true, value: () => new Float32Array(1) };
    return [zero, zero, { slot: "rows", weight, shape: weight.shapeThere }];
  }
  const [inputs, units] = shape;
  const product = (slots: Slots) => {
    const [rows, columns] = ["rows", "columns"].map((slot) => slots.get(slot)?.get(path)?.data ?? new Float32Array());
    let mean = 0;
    for (let i = 0; i < inputs; i++) mean += (rows[i * units] ?? 0) / inputs;
    const valueAt = (i: number) => ((rows[i - (i % units)] ?? 0) / mean) * (columns[i % units] ?? 0);
    return Float32Array.from({ length: inputs * units }, (_, i) => (mean > 0 ? valueAt(i) : 0));
  };
  return [
    { slot: "rows", weight, shape: [inputs], places: (i) => i * units },
    { slot: "columns", weight, shape: [units] },
    { shape, value: product },
  ];
}

/** The list of variables of a training that goes on elsewhere. */
export function writeState(
  spec: OptimizerSpec,
  training: PortableTraining,
  trained: readonly Trained[],
): { readonly shape: Shape; readonly data: Float32Array | Int32Array }[] {
  const { step, learningRate, slots } = training;
  const rate = learningRate ?? spec.learningRate;
  const list: { shape: Shape; data: Float32Array | Int32Array }[] = [{ shape: [], data: Int32Array.of(step) }];
  if (typeof rate === "number") list.push({ shape: [], data: Float32Array.of(rate) });
  for (const { slot = "", weight, shape, isInteger, value, places = (i: number) => i } of variablesOf(
    spec,
    trained,
    step,
  )) {
    const own = value ? value(slots) : slots.get(slot)?.get(weight?.path ?? "")?.data;
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => own?.[places(i)] ?? 0);
    list.push({ shape, data: isInteger ? Int32Array.from(data) : data });
  }
  return list;
}

/**
 * The training from a list of variables.
 * @throws FormatError if the list does not fit.
 */
export function readState(
  where: string,
  spec: OptimizerSpec,
  list: readonly PortableTensor[],
  trained: readonly Trained[],
  slotNames: readonly string[],
): PortableTraining {
  const step = list[0]?.data[0] ?? Number.NaN;
  if (!Number.isSafeInteger(step) || step < 0)
    throw new FormatError(`${where}: optimizer: ${step} is not a number of steps.`);
  const hasRate = typeof spec.learningRate === "number";
  const variables = variablesOf(spec, trained, 0);
  const given = list.slice(hasRate ? 2 : 1);
  if (given.length !== variables.length) {
    throw new FormatError(
      `${where}: optimizer: expected ${counted(variables.length, "variable")}, got ${given.length}.`,
    );
  }
  const slots = new Map(slotNames.map((slot) => [slot, zerosFor(trained)]));
  variables.forEach(({ slot, weight, shape, places = (i: number) => i }, i) => {
    const { data } = given[i];
    if (data.length !== sizeOf(shape)) {
      const got = `got [${given[i].shape.join(", ")}]`;
      throw new FormatError(`${where}: optimizer: variable ${i}: expected [${shape.join(", ")}], ${got}.`);
    }
    const to = slot === undefined ? undefined : slots.get(slot)?.get(weight?.path ?? "");
    for (let k = 0; to && k < data.length; k++) to.data[places(k)] = data[k];
  });
  const rate = hasRate ? list[1].data[0] : null;
  const isChanged = rate !== null && Math.fround(spec.learningRate as number) !== rate;
  return { step, epoch: 0, learningRate: isChanged ? rate : null, isAveraged: false, slots };
}

function zerosFor(trained: readonly Trained[]): Map<string, PortableTensor> {
  return new Map(trained.map(({ path, shape }) => [path, { shape, data: new Float32Array(sizeOf(shape)) }]));
}
