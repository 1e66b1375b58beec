/** The tables of initializers, regularizers and constraints. */
import { FormatError, SimdgradError } from "../../base/errors.js";
import { constraintOption } from "../../specs/constraints.js";
import { resolveInitializer } from "../../specs/initializers/table.js";
import { addOrthogonalRegularizer } from "../../specs/orthogonalRegularizer.js";
import { regularizerOption } from "../../specs/regularizers.js";
import { type Config, type Context, dialectNames, isConfig, readClass, writeClass } from "./dialect.js";
import { type Codec, type Fields, float, name, Reading, writeFields } from "./fields.js";

/** A class in each dialect, and its fields. */
interface PartEntry {
  readonly className: string;
  readonly fields: Fields;
}

/** A kind of part: its types, and the module of Keras that has them. */
interface PartTable {
  readonly module: string;
  readonly entries: Readonly<Record<string, PartEntry>>;
  /** Old names of classes and functions, in lower case without underscores. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Fields that change nothing here. */
  readonly ignored: readonly string[];
}

const entry = (className: string, fields: Fields = {}): PartEntry => ({ className, fields });
const normal: Fields = { mean: {}, standardDeviation: { key: "stddev" } };
const axis: Codec = {
  read: (_, __, value) => value,
  write: (_, __, value) => value ?? 0,
};

/** Initializers. They have done their work when a model is read; Keras keeps them for models made anew. */
export const initializers: PartTable = {
  module: "initializers",
  entries: {
    zeros: entry("Zeros"),
    ones: entry("Ones"),
    constant: entry("Constant", { value: {} }),
    randomUniform: entry("RandomUniform", { minimum: { key: "minval" }, maximum: { key: "maxval" } }),
    randomNormal: entry("RandomNormal", normal),
    truncatedNormal: entry("TruncatedNormal", normal),
    glorotUniform: entry("GlorotUniform"),
    glorotNormal: entry("GlorotNormal"),
    heUniform: entry("HeUniform"),
    heNormal: entry("HeNormal"),
    lecunUniform: entry("LecunUniform"),
    lecunNormal: entry("LecunNormal"),
    varianceScaling: entry("VarianceScaling", {
      scale: {},
      mode: {
        codec: {
          read: (_, __, value) => (value === "fan_avg" ? "fanAverage" : name.read(_, __, value)),
          write: (_, __, value) => (value === "fanAverage" ? "fan_avg" : name.write(_, __, value)),
        },
      },
      distribution: { codec: name },
    }),
    identity: entry("Identity", { gain: {} }),
    orthogonal: entry("Orthogonal", { gain: {} }),
  },
  aliases: { identityinitializer: "identity", orthogonalinitializer: "orthogonal", leCunNormal: "lecunNormal" },
  ignored: ["seed", "dtype", "input_axes", "output_axes"],
};

/** Regularizers. */
export const regularizers: PartTable = {
  module: "regularizers",
  entries: {
    l1l2: entry("L1L2", { l1: { codec: float, key: "l1" }, l2: { codec: float, key: "l2" } }),
    orthogonalRegularizer: entry("OrthogonalRegularizer", { factor: { codec: float }, mode: {} }),
  },
  aliases: { l1: "l1l2", l2: "l1l2" },
  ignored: [],
};

/** Constraints. */
export const constraints: PartTable = {
  module: "constraints",
  entries: {
    maxNorm: entry("MaxNorm", { maxValue: {}, axis: { codec: axis } }),
    minMaxNorm: entry("MinMaxNorm", { minValue: {}, maxValue: {}, rate: {}, axis: { codec: axis } }),
    unitNorm: entry("UnitNorm", { axis: { codec: axis } }),
    nonNeg: entry("NonNeg"),
  },
  aliases: {},
  ignored: [],
};

const squash = (text: string) => text.replace(/_/g, "").toLowerCase();

/** The type and options of a part. `null` for a class that is unknown here. */
function readPart(context: Context, table: PartTable, what: string, value: unknown): Config | null {
  const named = typeof value === "string" ? { className: value, config: {} } : readClass(context, what, value);
  const squashed = squash(named.className);
  const own = Object.entries(table.entries).find(([type, { className }]) =>
    [squash(type), squash(className)].includes(squashed),
  );
  const type = own?.[0] ?? (Object.hasOwn(table.aliases, squashed) ? table.aliases[squashed] : undefined);
  if (type === undefined) return null;
  const reading = new Reading(context, what, named.config);
  reading.ignore(...table.ignored);
  const options = reading.fields(table.entries[type].fields);
  reading.end();
  return { type, ...(typeof value === "string" && table === regularizers && { [squashed]: 0.01 }), ...options };
}

/** A part as the option of a layer. @throws FormatError for one that the dialect lacks */
function writePart(context: Context, table: PartTable, what: string, spec: Config): unknown {
  const { type } = spec as { type: string };
  if (!Object.hasOwn(table.entries, type)) {
    const { where, dialect } = context;
    throw new FormatError(`${where}: ${what}: ${dialectNames[dialect]} has no ${type}. Use another one.`);
  }
  const { className, fields } = table.entries[type];
  return writeClass(context, table.module, className, writeFields(context, what, fields, spec));
}

/** Runs a check of ours on what a file says. `null` if it does not pass. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof SimdgradError) return null;
    throw error;
  }
}

/** The option of an initializer. One that is unknown here gets a note, as it changes nothing that is there. */
export function initializer(shape: "matrix" | "vector"): Codec {
  return {
    read(context, what, value) {
      if (value === null) return undefined;
      const part = attempt(() => readPart(context, initializers, what, value));
      const spec = part && attempt(() => resolveInitializer(what, part, shape));
      if (!spec) context.note(`${what} is left out, as there is none like it here. The weights themselves are kept.`);
      return spec ?? undefined;
    },
    write(context, what, value) {
      const spec = value as Config & { type: string };
      if (spec.type !== "torchDefault") return writePart(context, initializers, what, spec);
      // PyTorch's own rule, by its name there.
      const rule = { type: "varianceScaling", scale: 1 / 3, mode: "fanIn", distribution: "uniform" };
      return writePart(context, initializers, what, rule);
    },
  };
}

/** The option of a regularizer. One that is unknown here gets a note: predictions do not depend on it. */
export const regularizer: Codec = {
  read(context, what, value) {
    if (value === null) return null;
    addOrthogonalRegularizer();
    const part = attempt(() => readPart(context, regularizers, what, value));
    const spec = part && attempt(() => regularizerOption.check(what, part));
    if (!spec) context.note(`${what} is left out, as there is none like it here. Training goes on without it.`);
    return spec ?? undefined;
  },
  write: (context, what, value) => (value === null ? null : writePart(context, regularizers, what, value as Config)),
};

/** The option of a constraint, for a weight of that many dimensions. Unknown ones get a note, as regularizers do. */
export function constraint(dimensions: 1 | 2): Codec {
  return {
    read(context, what, value) {
      if (value === null) return null;
      const part = attempt(() => readPart(context, constraints, what, value));
      const given = part && isConfig(part) && part.axis === 0 ? { ...part, axis: undefined } : part;
      const spec = given && attempt(() => constraintOption(dimensions).check(what, given));
      if (!spec) context.note(`${what} is left out, as there is none like it here. Training goes on without it.`);
      return spec ?? undefined;
    },
    write: (context, what, value) => (value === null ? null : writePart(context, constraints, what, value as Config)),
  };
}
