/** Kernels as float16, or as int8 with a scale for each column. */
import { OptionError } from "../base/errors.js";
import { toInt8 } from "../base/int8.js";
import { toHalf } from "../base/toHalf.js";
import type { NamedTensor, StoredTensor } from "./safetensors.js";

/** Ending of the name of the scales of an int8 tensor. */
export const SCALE = "/scale";

/**
 * The tensors with those of two dimensions smaller, wider types first, so that all are aligned.
 * @throws OptionError for values beyond float16
 */
export function smaller(where: string, tensors: readonly NamedTensor[], weights: "float16" | "int8"): StoredTensor[] {
  return tensors
    .flatMap(({ name, shape, data }): StoredTensor[] => {
      const [, columns] = shape;
      if (shape.length !== 2) return [{ name, shape, data }];
      if (weights === "int8") {
        const { values, scale } = toInt8(data, columns, (i) => i % columns);
        return [
          { name, shape, data: values },
          { name: name + SCALE, shape: [columns], data: scale },
        ];
      }
      const halves = Uint16Array.from(data, (value) => {
        if (Math.abs(value) < 65520) return toHalf(value);
        throw new OptionError(`${where}: ${name} has ${value}, beyond 65504, the largest of float16. Use "int8".`);
      });
      return [{ name, shape, data: halves }];
    })
    .sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
}
