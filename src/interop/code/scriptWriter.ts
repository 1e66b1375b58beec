/** Layers as text of a JavaScript module: the calls of their steps, the functions and the weights that these need. */
import { base64Lines } from "./base64Lines.js";
import { SCRIPT_WEIGHTS, scriptFormula, scriptHelpers, scriptNames, scriptSteps } from "./moduleParts.js";
import type { LayerSteps, Step, Table } from "./steps.js";

/** The text that reads the weights which a writer has collected. */
export function weightsText({ tables, layers }: ScriptWriter): string[] {
  if (tables.length === 0) return [];
  return [SCRIPT_WEIGHTS.replace("BASE64", () => base64Lines(tables).join("\n")), ...layers];
}

/** Writes layers, and collects the functions and weights that they use. */
export class ScriptWriter {
  readonly tables: Table[] = [];
  readonly layers: string[] = [];
  readonly #kinds = new Set<Step["kind"]>();
  /** Functions of activations: by formula, their names. */
  readonly #formulas = new Map<string, string>();

  /** The calls of a layer's steps. */
  write({ name, steps }: LayerSteps, number: number): string[] {
    return steps.map((step) => {
      this.#kinds.add(step.kind);
      if (step.kind === "activation") return `x.map(${this.#functionOf(step.formula, step.name)})`;
      const { kind, ...rest } = step;
      const hasTables = Object.values(rest).some(ArrayBuffer.isView);
      const fields = Object.entries(rest).filter(([field]) => field !== "columns" && field !== "inputs");
      const written = fields.map(([field, value]) => `${field}: ${this.#valueOf(value)}`);
      if (!hasTables) return `${scriptNames[kind]}(x${written.length > 0 ? `, { ${written.join(", ")} }` : ""})`;
      this.layers.push(`// ${name}\nconst layer${number} = {\n${written.map((field) => `  ${field},\n`).join("")}};`);
      return `${scriptNames[kind]}(x, layer${number})`;
    });
  }

  #valueOf(value: unknown): string {
    if (!ArrayBuffer.isView(value)) return JSON.stringify(value);
    this.tables.push(value as Table);
    return `floats(${(value as Table).length})`;
  }

  #functionOf(formula: string, name: string): string {
    const helper = Object.keys(scriptHelpers).find((own) => formula === `${own}(z)`);
    const known = this.#formulas.get(formula);
    if (known) return known;
    const taken = [...this.#formulas.values()].filter((other) => other.replace(/\d+$/, "") === name).length;
    const own = helper ?? `${name}${taken > 0 ? taken + 1 : ""}`;
    this.#formulas.set(formula, own);
    return own;
  }

  /** The functions that were used, and those that they call. */
  functions(): string[] {
    const formulas = [...this.#formulas]
      .filter(([, name]) => !Object.hasOwn(scriptHelpers, name))
      .map(([formula, name]) => `const ${name} = (z) => ${scriptFormula(formula)};`);
    const steps = [...this.#kinds].flatMap((kind) => (kind === "activation" ? [] : [scriptSteps[kind]]));
    const used = [...this.#formulas.keys(), ...steps].join("\n");
    const helpers = Object.entries(scriptHelpers).filter(([name]) => used.includes(`${name}(`));
    return [...helpers.map(([, text]) => text), ...steps, ...(formulas.length > 0 ? [formulas.join("\n")] : [])];
  }
}
