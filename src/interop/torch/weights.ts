/** Layers from the tensors of their modules. */
import { FormatError, show } from "../../base/errors.js";
import type { SafetensorsFile } from "../../formats/foreignSafetensors.js";
import type { NamedTensor } from "../../formats/safetensors.js";
import type { PortableLayer, PortableTensor } from "../portable.js";
import type { TorchWeight } from "./modules.js";
import { type PlacedModules, turned } from "./place.js";

/** The tensors of a file, for messages. */
export function listed({ tensors }: SafetensorsFile): string {
  const names = [...tensors.values()].slice(0, 12).map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  return names.join(", ") + (tensors.size > 12 ? " …" : "");
}

/** A layer with the tensors of its modules. */
export function layerOf(
  { name, spec, parameters }: PlacedModules["layer"],
  own: readonly (readonly [TorchWeight, string])[],
  tensors: ReadonlyMap<string, NamedTensor>,
): PortableLayer {
  const weights = new Map<string, PortableTensor>();
  for (const [weight, path] of own) {
    if (weight.own === null) continue;
    weights.set(weight.own, turned(weight, tensorIn(path, weight.shape, tensors)));
  }
  // The vector of a spectral norm is not PyTorch's: it begins anew.
  for (const { name: left, shape } of parameters) {
    if (!weights.has(left)) weights.set(left, { shape, data: new Float32Array(shape[0]).fill(1) });
  }
  return { name, spec, weights };
}

/** A tensor of that shape. @throws FormatError if it is missing or has another */
export function tensorIn(
  path: string,
  shape: readonly number[],
  tensors: ReadonlyMap<string, NamedTensor>,
): PortableTensor {
  const tensor = tensors.get(path);
  if (!tensor) throw new FormatError(`${show(path)} [${shape.join(", ")}] is not in the file.`);
  if (String(tensor.shape) === String(shape)) return tensor;
  throw new FormatError(`${path}: expected [${shape.join(", ")}], got [${tensor.shape.join(", ")}].`);
}
