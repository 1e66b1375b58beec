/** Layers at their places, and the modules that they become. */
import { FormatError, located, SimdgradError } from "../../base/errors.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers, resolveLayer } from "../../specs/layers/facts.js";
import { checkCount, checkWidth, checkWidths } from "../limits.js";
import { type PortableTensor, transposed } from "../portable.js";
import { modulesOf, type TorchModule, type TorchWeight } from "./modules.js";

/** A layer and its modules in `nn.Sequential`. */
export interface PlacedModules {
  readonly layer: PlacedLayer;
  /** Number of the first module. */
  readonly first: number;
  readonly modules: readonly TorchModule[];
}

/**
 * The modules of all layers, numbered; `bytes` of a file bound the width of its rows.
 * @throws FormatError naming a layer that PyTorch does not have
 */
export function placeModules(
  where: string,
  layers: readonly unknown[],
  inputShape: readonly number[],
  bytes = Number.POSITIVE_INFINITY,
): PlacedModules[] {
  checkWidth(where, inputShape, bytes);
  if (bytes < Number.POSITIVE_INFINITY) checkCount(where, layers.length);
  addEveryLayer();
  const specs = layers.map((layer, i) => resolved(where, () => resolveLayer(`layers[${i}]`, layer)));
  checkWidths(where, specs, bytes);
  let first = 0;
  return resolved(where, () => placeLayers(specs, inputShape)).map((layer) => {
    const modules = modulesOf(where, layer);
    const placed = { layer, first, modules };
    first += modules.length;
    return placed;
  });
}

/** Errors of layers become errors of the file. */
function resolved<T>(where: string, work: () => T): T {
  try {
    return located(where, work);
  } catch (cause) {
    if (!(cause instanceof SimdgradError)) throw cause;
    throw new FormatError(cause.message, { cause });
  }
}

/** A kernel's rows become columns, both ways; other tensors stay as they are. */
export function turned({ isTransposed }: Pick<TorchWeight, "isTransposed">, tensor: PortableTensor): PortableTensor {
  if (!isTransposed) return tensor;
  const [rows, columns] = tensor.shape;
  return { shape: [columns, rows], data: transposed(tensor.data, rows, columns) };
}
