/** A model from files of any format, in the place of the page's own. Loaded once someone brings one. */
import type { Dataset, Sequential } from "simdgrad";
import { detectFormat, importModel, modelOf, type Portable, portableOf } from "simdgrad/formats";
import { activationsOf } from "./activations.js";
import { messageOf } from "./describe.js";
import { bytesByName, mainFirst } from "./modelFiles.js";
import { compileOptions, layersOf, outputActivation, runtimeOf } from "./network.js";
import type { Problem } from "./problem.js";
import type { EpochLog } from "./protocol.js";
import { unitsOf } from "./targetScale.js";
import { inDeviations } from "./units.js";
import type { Parts } from "./view.js";

/** A model that fits the page, and what a person should know about it. */
export interface BroughtBack {
  readonly model: Sequential;
  readonly notes: readonly string[];
}

/** The parts of the page that a model must fit. */
type Place = Pick<Parts, "setup" | "problem" | "model">;

/**
 * A compiled model with the network of the page. Its layers may have other names: they are told by the shapes of their
 * weights, in order, and get the names of the page.
 * @throws Error that names the file.
 */
export async function bringBack(files: readonly File[], place: Place): Promise<BroughtBack> {
  const sorted = mainFirst(files);
  const bytes = await bytesByName(sorted);
  try {
    return await fitted(await opened(bytes, place), place);
  } catch (error) {
    const message = messageOf(error).replace(/^[a-z]\w+: /, "");
    throw new Error(`${sorted[0].name}: ${message}`, { cause: error });
  }
}

async function opened(files: Record<string, Uint8Array>, { setup, problem }: Place): Promise<BroughtBack> {
  const [main] = Object.values(files);
  const isBare = (await detectFormat(main)) === "torch" && !saysLayers(main);
  const layers = isBare ? { layers: layersOf(setup, problem) } : {};
  return importModel(files, { ...layers, ...runtimeOf(setup) });
}

/** True if safetensors come with a description of their layers. */
function saysLayers(bytes: Uint8Array): boolean {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return header.__metadata__?.simdgrad !== undefined;
}

async function fitted({ model: came, notes }: BroughtBack, place: Place): Promise<BroughtBack> {
  let model = came;
  try {
    checkShapes(came, place);
    const { targetScale, target } = place.problem;
    const end = missingEnd(came, place);
    const names = wanted(came, place).map(({ name }) => name);
    if (targetScale || end || namesOf(came).some((name, i) => name !== names[i])) {
      const plain = renamed(await portableOf(came), names);
      const whole = end ? ended(plain, end) : plain;
      model = await modelOf(targetScale ? inDeviations(whole, targetScale) : whole, runtimeOf(place.setup));
      came.dispose();
    }
    const told = [
      ...(end ? [`Its output has no activation: it got the ${end} of this page, for probabilities.`] : []),
      ...(scales(place.model) && !scales(model) ? ["It takes the columns as they are, without scaling them."] : []),
      ...(targetScale ? [`Its output counts as ${target} in the units of the table.`] : []),
    ];
    return { model, notes: [...notes, ...told, ...differences(model, place), ...(await prepare(model, place))] };
  } catch (error) {
    came.dispose();
    model.dispose();
    throw error;
  }
}

/** Layers with weights. */
const weighted = (model: Sequential) => model.layers.filter((layer) => layer.getWeights().length > 0);
const namesOf = (model: Sequential) => weighted(model).map(({ name }) => name);
/** True if a model learns from the data how to scale its inputs. */
const scales = ({ layers }: Sequential) => layers.some(({ spec }) => spec.type === "normalization");

/** The layers of the page that a model must have; it may take columns as they are. */
function wanted(came: Sequential, { model }: Place): ReturnType<typeof weighted> {
  const own = weighted(model);
  return scales(came) ? own : own.filter(({ spec }) => spec.type !== "normalization");
}

/** @throws Error at the first layer whose weights have other shapes than those of the page. */
function checkShapes(came: Sequential, place: Place): void {
  const shapesOf = (layers: ReturnType<typeof weighted>) =>
    layers.map((layer) => ({ name: layer.name, shapes: layer.getWeights().map(({ shape }) => shape) }));
  const [own, got] = [shapesOf(wanted(came, place)), shapesOf(weighted(came))];
  const textOf = (layer: (typeof own)[number] | undefined) => layer?.shapes.map((shape) => `[${shape}]`).join(" ");
  const count = Math.max(own.length, got.length);
  const at = Array.from({ length: count }, (_, i) => i).find((i) => textOf(own[i]) !== textOf(got[i]));
  if (at !== undefined) {
    throw new Error(
      `This model is of another network: expected ${own[at] ? inWords(own[at]) : "no more layers"}, ` +
        `got ${got[at] ? inWords(got[at]) : "no more layers"}. Choose its inputs and layers under Network first.`,
    );
  }
  const [expected, actual] = [place.problem.train.inputShape, came.layers[0].inputShape];
  if (String(expected) !== String(actual)) {
    throw new Error(
      `One row has ${actual.join(" × ")} numbers for it, and ${expected.join(" × ")} on this page. ` +
        "Save it for rows without a shape of their own.",
    );
  }
}

/** A layer by its size, such as `hidden1 with 2 inputs and 4 neurons`. */
function inWords({ name, shapes }: { readonly name: string; readonly shapes: readonly (readonly number[])[] }): string {
  const [[inputs, neurons] = [0]] = shapes;
  const of = (count: number, thing: string) => `${count} ${thing}${count === 1 ? "" : "s"}`;
  return `${name} with ${of(inputs, "input")}${neurons === undefined ? "" : ` and ${of(neurons, "neuron")}`}`;
}

/** The same model with other names for the layers that have weights, so that the page finds them. */
function renamed(source: Portable, names: readonly string[]): Portable {
  const newNames = new Map(
    source.layers.filter(({ weights }) => weights.size > 0).map(({ name }, i) => [name, names[i]]),
  );
  const nameOf = (name: string) => newNames.get(name) ?? name;
  const layers = source.layers.map((layer, i) => {
    const name = newNames.get(layer.name) ?? `step${i + 1}`;
    return { ...layer, name, spec: { ...layer.spec, name } };
  });
  const pathOf = (path: string) => {
    const cut = path.lastIndexOf("/");
    return nameOf(path.slice(0, cut)) + path.slice(cut);
  };
  const training = source.training && {
    ...source.training,
    slots: new Map(
      [...source.training.slots].map(([slot, tensors]) => [
        slot,
        new Map([...tensors].map(([path, tensor]) => [pathOf(path), tensor])),
      ]),
    ),
  };
  return { ...source, layers, training };
}

/**
 * The activation that makes probabilities of a model's logits; `null` if it needs none.
 * @throws Error for outputs that are neither.
 */
function missingEnd(came: Sequential, { problem }: Place): "sigmoid" | "softmax" | null {
  if (!problem.classes) return null;
  const last = activationsOf(came.layers).at(-1)?.activation;
  const wanted = outputActivation(problem) as "sigmoid" | "softmax";
  if (last === wanted) return null;
  if (last === "linear") return wanted;
  throw new Error(`Its output has the activation ${last}, expected ${wanted} or linear. Train it with one of these.`);
}

/** The same model with an activation at its end. Its settings were for logits, and are left out. */
function ended(source: Portable, activation: "sigmoid" | "softmax"): Portable {
  const layers = source.layers.map((layer) => {
    const isLast = layer === source.layers.findLast(({ spec }) => spec.type === "dense");
    return isLast && layer.spec.type === "dense"
      ? { ...layer, spec: { ...layer.spec, activation: { type: activation } } }
      : layer;
  });
  return { ...source, layers, compiled: null, training: null };
}

/** A sentence for each activation that differs from the page's: the model keeps its own. */
function differences({ layers }: Sequential, { setup, problem }: Place): string[] {
  const own = activationsOf(layersOf(setup, problem).map((spec) => ({ name: spec.name ?? "", spec })));
  return activationsOf(layers).flatMap(({ name, activation }, i) =>
    activation === own[i].activation
      ? []
      : [`${name} has the activation ${activation}, that of the page is ${own[i].activation}.`],
  );
}

/** Makes sure that the model trains on the data of the page, with its own settings where they do. */
async function prepare(model: Sequential, { setup, problem }: Place): Promise<string[]> {
  const rows = problem.train.slice(0, 1);
  const score = problem.classes ? "accuracy" : "meanAbsoluteError";
  const hasScore = () =>
    model.evaluate(rows).then(
      (logs) => score in logs,
      () => false,
    );
  if (model.compiled && (await hasScore())) return [];
  const had = model.compiled !== null;
  model.compile(compileOptions(setup, problem));
  await model.evaluate(rows);
  return had
    ? ["Its loss and metrics are not for these data: it trains with the settings of this page."]
    : ["It came without loss and optimizer: it trains with the settings of this page."];
}

/** Losses and scores of a model that was trained elsewhere, and its epoch. */
export async function scoresOf(model: Sequential, { train, test, classes, targetScale }: Problem): Promise<EpochLog> {
  const epoch = (await portableOf(model)).training?.epoch ?? 0;
  const score = classes ? "accuracy" : "meanAbsoluteError";
  const units = unitsOf(targetScale);
  const of = async (data: Dataset) => {
    const logs: Record<string, number> = data.length > 0 ? await model.evaluate(data) : {};
    const [loss, value] = [logs.loss ?? Number.NaN, logs[score] ?? Number.NaN];
    return { loss: loss * units.loss, score: value * (classes ? 1 : units.error) };
  };
  const [own, others] = [await of(train), await of(test)];
  return { epoch, loss: own.loss, score: own.score, valLoss: others.loss, valScore: others.score };
}
