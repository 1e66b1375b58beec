/** The network as a small picture: a circle for each unit with its value, a line for each weight. */
import type { Trace } from "../model/trace.js";
import type { Block } from "./blocks.js";
import { formatNumber, shown } from "./format.js";

const [COLUMN, ROW, RADIUS] = [150, 46, 17];

interface Layer {
  readonly symbol: string;
  /** Shown units; `null` stands for those left out. */
  readonly units: readonly (number | null)[];
  readonly values: Float32Array;
  readonly kernel: Float32Array | null;
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** An SVG of the dense blocks; an empty text if there are none. */
export function diagramOf(blocks: readonly Block[], trace: Trace): string {
  const dense = blocks.filter(({ index }) => index > 0);
  if (dense.length === 0) return "";
  const inputs = { symbol: "x", units: shown(trace.x.data.length), values: trace.x.data, kernel: null };
  const layers: Layer[] = [
    inputs,
    ...dense.map(({ output, weights }) => {
      const values = trace[output.name].data;
      return { symbol: output.symbol, units: shown(values.length), values, kernel: weights[0].data };
    }),
  ];
  const tallest = layers.reduce((most, { units }) => (units.length > most ? units.length : most), 0);
  const [width, height] = [COLUMN * (layers.length - 1) + 110, ROW * tallest + 30];
  const x = (layer: number) => 55 + COLUMN * layer;
  const y = (layer: number, place: number) => 26 + ROW * (place + (tallest - layers[layer].units.length) / 2 + 0.5);
  const parts: string[] = [];
  layers.forEach(({ kernel, units, values }, at) => {
    if (!kernel) return;
    const largest = kernel.reduce((most, weight) => (Math.abs(weight) > most ? Math.abs(weight) : most), 0) || 1;
    layers[at - 1].units.forEach((from, i) => {
      units.forEach((to, j) => {
        if (from === null || to === null) return;
        const weight = kernel[from * values.length + to];
        const size = (0.5 + (3.5 * Math.abs(weight)) / largest).toFixed(1);
        const line = `x1="${x(at - 1) + RADIUS}" y1="${y(at - 1, i)}" x2="${x(at) - RADIUS}" y2="${y(at, j)}"`;
        const name = `weight from ${layers[at - 1].symbol}[${from}] to ${layers[at].symbol}[${to}]: ${formatNumber(weight)}`;
        parts.push(
          `<line class="${weight < 0 ? "minus" : "plus"}" ${line} stroke-width="${size}"><title>${escaped(name)}</title></line>`,
        );
      });
    });
  });
  layers.forEach(({ symbol, units, values }, at) => {
    parts.push(`<text class="head" x="${x(at)}" y="16">${escaped(symbol)}</text>`);
    units.forEach((unit, place) => {
      const center = `x="${x(at)}" y="${y(at, place) + 4}"`;
      const value = unit === null ? "⋮" : formatNumber(Number(values[unit].toPrecision(2)));
      if (unit !== null) parts.push(`<circle cx="${x(at)}" cy="${y(at, place)}" r="${RADIUS}"/>`);
      parts.push(`<text ${center}>${value}</text>`);
    });
  });
  const title = `A network of ${layers.map(({ values }) => values.length).join(", ")} units`;
  return [
    `<figure><svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${title}">`,
    ...parts,
    "</svg><figcaption>A line is a weight: wide for a large one, ",
    '<span class="plus">solid</span> above 0, <span class="minus">dashed</span> below. In the circles are the values.',
    "</figcaption></figure>",
  ].join("\n");
}
