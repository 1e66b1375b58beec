/** Writes steps as C: tables, the functions that are needed, and the calls with their rows. */
import { counted } from "../../base/counted.js";
import { kindOf } from "../../base/kinds.js";
import { C_COPY, cFormula, cHelpers, cNumber, cSteps } from "./cParts.js";
import type { QuantizedDense } from "./quantize.js";
import type { Step, Table } from "./steps.js";

/** A step as C knows it: dense layers may be quantized. */
export type CStep = Step | QuantizedDense;

type CStepOf<Kind extends CStep["kind"]> = Extract<CStep, { kind: Kind }>;

/** An argument after the rows: a table by the name of its field, or text. */
type Argument = string | readonly [field: string, table: Table | Int8Array | null];

/** A call of a step's function. */
interface Call {
  readonly name: string;
  readonly args: readonly Argument[];
  /** Number of results in a row of their own; missing where they are written over the input. */
  readonly outputs?: number | undefined;
}

const whole = (...values: readonly (number | boolean)[]) => values.map((value) => String(Number(value)));

/** The call of each kind of step. */
const callsOf: { readonly [Kind in Exclude<CStep["kind"], "activation">]: (step: CStepOf<Kind>) => Call } = {
  dense: ({ kernel, bias, inputs, units }) => ({
    name: "dense",
    args: [["kernel", kernel], ["bias", bias], ...whole(inputs, units)],
    outputs: units,
  }),
  denseInt8: ({ kernel, scale, bias, inputs, units }) => ({
    name: "dense_int8",
    args: [["kernel", kernel], ["scale", scale], ["bias", bias], ...whole(inputs, units)],
    outputs: units,
  }),
  denseQuantized({ kernel, scale, bias, range: { step, low, high }, inputs, units }) {
    const tables: Argument[] = [
      ["kernel", kernel],
      ["scale", scale.map((value) => value * step)],
      ["bias", bias],
    ];
    const numbers = [cNumber(1 / step), cNumber(low), cNumber(high), ...whole(inputs, units)];
    return { name: "dense_quantized", args: ["q", ...tables, ...numbers], outputs: units };
  },
  standardize: ({ center, scale, shift, columns }) => ({
    name: "standardize",
    args: [["center", center], ["scale", scale], ["shift", shift], ...whole(columns)],
  }),
  line: ({ scale, offset, columns }) => ({ name: "line", args: [cNumber(scale), cNumber(offset), ...whole(columns)] }),
  prelu: ({ alpha, columns }) => ({ name: "prelu", args: [["alpha", alpha], ...whole(columns)] }),
  softmax: ({ mask, outer, size, inner }) => ({
    name: "softmax",
    args: [["mask", mask && Float32Array.from(mask, Number)], ...whole(outer, size, inner)],
  }),
  logSoftmax: ({ columns }) => ({ name: "log_softmax", args: whole(columns) }),
  sparsemax: ({ columns }) => ({ name: "sparsemax", args: whole(columns) }),
  row: ({ gamma, beta, epsilon, columns }) => ({
    name: "normalize_row",
    args: [["gamma", gamma], ["beta", beta], ...whole(columns), cNumber(epsilon)],
  }),
  groups: ({ gamma, beta, length, groups, size, epsilon }) => ({
    name: "normalize_groups",
    args: [["gamma", gamma], ["beta", beta], ...whole(length, groups, size), cNumber(epsilon)],
  }),
  root: ({ scale, share, floor, epsilon, columns }) => ({
    name: "divide_by_root",
    args: [["scale", scale], cNumber(share), cNumber(floor), cNumber(epsilon), ...whole(columns)],
  }),
  glu: ({ outputs, size }) => ({ name: "glu", args: whole(outputs, size), outputs }),
  categories: ({ features, tokens, isTogether }) => ({
    name: "encode_categories",
    args: whole(features, tokens, isTogether),
    outputs: isTogether ? tokens : features * tokens,
  }),
};

const NUMBERS_PER_LINE = 8;

function tableText(name: string, type: string, values: readonly string[], perLine = NUMBERS_PER_LINE): string {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += perLine) {
    lines.push(`  ${values.slice(i, i + perLine).join(", ")},`);
  }
  return `static const ${type} ${name}[${values.length}] NET_ROM = {\n${lines.join("\n")}\n};`;
}

export class CWriter {
  readonly tables: string[] = [];
  #calls: readonly Call[] = [];
  /** True if a network changes its input in place, and so begins with a copy. */
  #copies = false;
  readonly #kinds = new Set<CStep["kind"]>();
  /** Functions of activations: by formula, their names. */
  readonly #formulas = new Map<string, string>();

  /** The longest row of inputs in 256 steps. */
  #quantized = 0;

  /** Writes a step of the layer with that number. */
  write(layer: string, step: CStep, number: number): void {
    this.#kinds.add(step.kind);
    if (step.kind === "denseQuantized") this.#quantized = Math.max(this.#quantized, step.inputs);
    const { name, args, outputs } = this.#callOf(step);
    const written = args.map((arg) => {
      if (typeof arg === "string") return arg;
      const [field, table] = arg;
      if (table === null) return "0";
      const own = `net_layer${number}_${field}`;
      const text =
        kindOf(table) === "Int8Array"
          ? tableText(own, "int8_t", Array.from(table, String), 2 * NUMBERS_PER_LINE)
          : tableText(own, "float", Array.from(table, cNumber));
      this.tables.push(`/* ${layer} */\n${text}`);
      return own;
    });
    this.#calls = [...this.#calls, { name, args: written, outputs }];
  }

  #callOf(step: CStep): Call {
    if (step.kind !== "activation") return (callsOf[step.kind] as (step: CStep) => Call)(step);
    return { name: "apply", args: [this.#functionOf(step.formula, step.name), String(step.columns)] };
  }

  #functionOf(formula: string, name: string): string {
    const known = this.#formulas.get(formula);
    if (known) return known;
    const words = `net_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    const taken = [...this.#formulas.values()].filter((other) => other.replace(/\d+$/, "") === words).length;
    const own = taken > 0 ? `${words}${taken + 1}` : words;
    this.#formulas.set(formula, own);
    return own;
  }

  get hasInt8(): boolean {
    return this.#kinds.has("denseInt8") || this.#kinds.has("denseQuantized");
  }

  /** The functions that were used, and those that they call; after `predict`. */
  functions(): string[] {
    const formulas = [...this.#formulas].map(([formula, name]) => [cFormula(formula), name] as const);
    const own = formulas.filter(([body, name]) => body !== `${name}(z)`);
    const activations = own.map(([body, name]) => `static inline float ${name}(float z) {\n  return ${body};\n}`);
    const steps = [...this.#kinds].map((kind) => cSteps[kind]);
    const used = [...formulas.map(([body]) => body), ...steps].join("\n");
    const helpers = Object.values(cHelpers).filter((text) => used.includes(`${text.match(/\bnet_\w+\(/)?.[0]}`));
    return [...helpers, ...activations, ...(this.#copies ? [C_COPY] : []), ...steps];
  }

  /** The function that calls the steps since the last one. Calls in place work on the row that the call before them wrote. */
  predict(inputs: number, outputs: number, functionName: string): string {
    const first = this.#calls[0];
    const copy = { name: "copy", args: [String(inputs)], outputs: inputs };
    const isInPlace = first?.outputs === undefined;
    const calls = isInPlace ? [copy, ...this.#calls] : this.#calls;
    if (isInPlace) this.#copies = true;
    this.#calls = [];
    const quantized = this.#quantized;
    this.#quantized = 0;
    const last = calls.findLastIndex((call) => call.outputs !== undefined);
    const sizes = new Map<string, number>();
    let row = "input";
    const lines = calls.map(({ name, args, outputs: size }, i) => {
      const from = row;
      if (size !== undefined) {
        row = i === last ? "output" : from === "a" ? "b" : "a";
        if (row !== "output") sizes.set(row, Math.max(sizes.get(row) ?? 0, size));
      }
      const rows = size === undefined ? [row] : [from, row];
      return `  net_${name}(${[...rows, ...args].join(", ")});`;
    });
    const rows = [...sizes].map(([name, size]) => `${name}[${size}]`);
    return [
      `/* The ${counted(outputs, "output")} for a row of ${counted(inputs, "number")}; the two must not overlap. */`,
      `static inline void ${functionName}(const float *input, float *output) {`,
      ...(quantized > 0 ? [`  int16_t q[${quantized}];`] : []),
      ...(rows.length > 0 ? [`  float ${rows.join(", ")};`] : []),
      ...lines,
      "}",
    ].join("\n");
  }
}
