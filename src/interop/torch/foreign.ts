/** Weights of a program of somebody else, for layers that the caller names. */
import { FormatError, located, OptionError, show } from "../../base/errors.js";
import type { SafetensorsFile } from "../../formats/foreignSafetensors.js";
import type { NamedTensor } from "../../formats/safetensors.js";
import type { Layer } from "../../specs/layers/all.js";
import { type Portable, type PortableLayer, portable } from "../portable.js";
import type { TorchWeight } from "./modules.js";
import { type PlacedModules, placeModules } from "./place.js";
import { layerOf, listed } from "./weights.js";

/** Tensors of one module, by their own names. */
interface Group {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** The tensors of each module: in the order that the caller gives, or by name, numbers by value. */
function groupsIn({ tensors }: SafetensorsFile, modules: readonly string[] | undefined): Group[] {
  const groups = new Map<string, Map<string, NamedTensor>>();
  for (const [path, tensor] of tensors) {
    const at = path.lastIndexOf(".");
    const name = path.slice(0, Math.max(at, 0));
    groups.set(name, (groups.get(name) ?? new Map()).set(path.slice(at + 1), tensor));
  }
  const names = [...groups.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (modules) {
    const known = Array.isArray(modules) && [...modules].sort().join("\n") === [...names].sort().join("\n");
    if (!known) {
      throw new OptionError(
        `modules: expected the names ${names.map(show).join(", ")} in the order of the layers, got ${show(modules)}.`,
      );
    }
  }
  return (modules ?? names).map((name) => ({ name, tensors: groups.get(name) as Map<string, NamedTensor> }));
}

/**
 * Gives the tensors of a file to layers, module by module.
 * @throws FormatError naming the first layer without a module, or the modules that are left; OptionError
 */
export function readForeign(
  where: string,
  file: SafetensorsFile,
  layers: readonly Layer[],
  inputShape: readonly number[] | undefined,
  modules: readonly string[] | undefined,
): Portable {
  if (!Array.isArray(layers))
    throw new OptionError(`${where}: layers: expected a list of layers, got ${show(layers)}.`);
  const groups = located(where, () => groupsIn(file, modules));
  const first = groups.find(({ tensors }) => tensors.get("weight")?.shape.length === 2);
  const shape = inputShape ?? (first ? [first.tensors.get("weight")?.shape[1] as number] : [1]);
  const placed = placeModules(where, layers, shape);
  return located(where, () => portableIn(file, placed, groups, shape));
}

/** The layers with the tensors of the modules. */
function portableIn(
  file: SafetensorsFile,
  placed: readonly PlacedModules[],
  groups: Group[],
  shape: readonly number[],
): Portable {
  const read = placed.map(({ layer, modules: own }): PortableLayer => {
    const pairs = own.flatMap(({ weights }): [TorchWeight, string][] => {
      if (weights.length === 0) return [];
      const group = takeGroup(layer.name, weights, groups);
      return weights.map((weight) => [weight, `${group.name}${group.name && "."}${weight.name}`]);
    });
    return layerOf(layer, pairs, spread(pairs, file.tensors));
  });
  if (groups.length > 0) {
    const left = groups.map(({ name }) => show(name)).join(", ");
    throw new FormatError(`the layers have no place for the modules ${left}. The file has ${listed(file)}.`);
  }
  const kept = file.skipped.filter((name) => !name.endsWith("num_batches_tracked"));
  const notes = kept.length > 0 ? [`Tensors without floats are left out: ${kept.join(", ")}.`] : [];
  return portable({ inputShape: shape, layers: read, notes });
}

/** The next module with tensors of these shapes, or the only one; it is taken out of the list. */
function takeGroup(layer: string, weights: readonly TorchWeight[], groups: Group[]): Group {
  const own = weights.filter(({ own: name }) => name !== null);
  const fits = ({ tensors }: Group) =>
    own.every(({ name, shape }) => {
      const found = tensors.get(name)?.shape;
      return String(found) === String(shape) || (String(found) === "1" && shape.length === 1);
    }) && [...tensors.keys()].every((name) => weights.some((weight) => weight.name === name));
  const next = groups.findIndex(fits);
  const isClear = next === 0 || (next > 0 && groups.filter(fits).length === 1);
  if (isClear) return groups.splice(next, 1)[0];
  const wanted = own.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ");
  const found = groups.slice(0, 3).map(({ name, tensors }) => {
    return `${show(name)} with ${[...tensors].map(([key, { shape }]) => `${key} [${shape.join(", ")}]`).join(", ")}`;
  });
  throw new FormatError(
    `${layer}: expected a module with ${wanted}, got ${found.join("; ") || "no more modules"}. ` +
      "Give other layers, or modules: [names in their order].",
  );
}

/** One number for all, as `nn.PReLU()` has it, becomes as many as the layer has. */
function spread(
  pairs: readonly (readonly [TorchWeight, string])[],
  tensors: ReadonlyMap<string, NamedTensor>,
): ReadonlyMap<string, NamedTensor> {
  const result = new Map(tensors);
  for (const [{ shape }, path] of pairs) {
    const tensor = tensors.get(path);
    if (tensor?.shape.length !== 1 || tensor.shape[0] !== 1 || shape.length !== 1 || shape[0] === 1) continue;
    result.set(path, { name: path, shape, data: new Float32Array(shape[0]).fill(tensor.data[0]) });
  }
  return result;
}
