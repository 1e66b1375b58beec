/** The table of layers that `summary()` returns. */

import { formatShape, sizeOf } from "../base/shape.js";
import { alignColumns } from "../base/text.js";
import { describeLayer, type PlacedLayer } from "../specs/layers/facts.js";
import { isTrainable } from "../specs/layers/layer.js";

function parameterCount({ parameters }: Pick<PlacedLayer, "parameters">): number {
  return parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
}

function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}

/** Layers, output shapes and parameter counts as aligned text. */
export function formatSummary(layers: readonly PlacedLayer[], inputShape: readonly number[]): string {
  const count = (n: number) => n.toLocaleString("en-US");
  const rows = [
    ["Layer", "Type", "Output shape", "Parameters"],
    ["input", "", formatShape(inputShape, { batch: true }), ""],
    ...layers.map((layer) => [
      layer.name,
      describeLayer(layer.spec),
      formatShape(layer.outputShape, { batch: true }),
      count(parameterCount(layer)),
    ]),
  ];
  const { lines, rule } = alignColumns(rows, { isRight: (column) => column === 3 });
  const parameters = layers.flatMap((layer) => layer.parameters);
  const total = parameterCount({ parameters });
  const trained = parameterCount({ parameters: parameters.filter(isTrainable) });
  const frozen = trained < total ? `, ${count(trained)} of them trainable` : "";
  const [head, ...body] = lines;
  return [head, rule, ...body, rule, `${count(total)} parameters, ${formatBytes(total * 4)}${frozen}`].join("\n");
}
