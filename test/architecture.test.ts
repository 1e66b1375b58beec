// Allowed imports between the parts of src/, and things that only some of them, or none, may touch.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { layerTypes } from "../src/specs/layers/all.js";
import { optimizerNames } from "../src/specs/optimizers/more.js";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/**
 * Each room and what it may import besides itself: rooms that stand before it, or modules from outside src/. Read from
 * top to bottom, this is the column of docs/ARCHITECTURE.md.
 */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  plan: ["base"],
  data: ["base"],
  formats: ["base", "fflate", "jsfive"],
  specs: ["base", "plan"],
  runtime: ["base", "plan", "#wasm", "@assemblyscript/loader"],
  program: ["base", "plan", "specs"],
  state: ["base", "plan", "formats", "specs", "runtime", "program"],
  callbacks: ["base", "specs"],
  training: ["base", "plan", "data", "formats", "specs", "runtime", "program", "state", "callbacks"],
  check: ["base", "data", "specs", "program", "training"],
  model: [
    ...["base", "plan", "data", "formats", "specs", "runtime", "program", "state", "callbacks", "training"],
    "check",
  ],
  remote: [
    ...["base", "data", "specs", "runtime", "program", "state", "callbacks", "training", "check", "model", "#worker"],
  ],
  sequential: ["model", "remote"],
  csv: ["base", "data", "papaparse"],
  datasets: ["base", "data"],
  plot: ["base", "data", "specs", "d3-array", "d3-contour", "d3-scale", "d3-shape"],
  inspect: [...["base", "plan", "data", "specs", "runtime", "program", "callbacks", "training", "model", "sequential"]],
  explain: ["base", "plan", "data", "specs", "runtime", "state", "model", "sequential"],
  estimators: ["base", "data", "specs", "callbacks", "training", "model", "sequential"],
  table: ["base", "data", "specs", "runtime", "callbacks", "model", "sequential", "csv", "estimators"],
  report: ["base", "data", "plot", "table"],
  // "plan" and "runtime": quantized models, and the formulas of activations, by which ONNX's are recognized;
  // "training": the rows that `fit` takes
  interop: ["base", "plan", "data", "formats", "specs", "runtime", "program", "training", "model", "sequential"],
  search: ["base", "data", "specs", "runtime", "training", "model", "sequential", "estimators", "table", "#worker"],
  node: ["base", "data", "callbacks", "model", "remote", "sequential", "csv", "node:"],
  browser: ["base", "idb-keyval"],
  parquet: ["base", "node", "hyparquet", "hyparquet/src", "hyparquet-writer/src", "node:"],
  jobs: ["base", "data", "formats", "specs", "table", "search", "node", "node:"],
  scoring: [
    ...["base", "runtime", "model", "sequential", "csv", "table", "node", "parquet", "jobs", "hyparquet"],
    ...["papaparse", "node:"],
  ],
  bullmq: ["base", "data", "search", "jobs", "scoring", "node:"],
  tasks: ["base", "data", "estimators", "table", "search", "node", "jobs", "node:"],
  modelWorker: ["remote", "sequential"],
  searchWorker: ["search"],
  worker: [
    ...["base", "data", "specs", "runtime", "program", "state", "callbacks", "training", "check", "model", "remote"],
  ],
  index: [
    ...["base", "data", "specs", "runtime", "program", "state", "callbacks", "training", "check", "model", "remote"],
    ...["sequential", "inspect"],
  ],
};

interface Import {
  readonly from: string;
}

interface SourceFile {
  /** Relative to src/, with slashes: `plan/tape.ts`. */
  readonly path: string;
  readonly room: string;
  /** Without comments and the text of strings. */
  readonly code: string;
  /** The strings between double quotes, but for names of fields: before `in`, and in unions of keys. */
  readonly strings: readonly string[];
  readonly imports: readonly Import[];
}

/** The text within `${…}` of a template literal. */
function holesOf(template: string): string {
  return [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, hole]) => ` ${hole} `).join("");
}

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

/** Source without comments and strings; what a template literal computes stays. */
function codeOf(text: string): string {
  return text.replace(TOKEN, (match) => (match.startsWith("`") ? holesOf(match) : " "));
}

function stringsOf(text: string): string[] {
  const strings = [...text.matchAll(TOKEN)].filter(([match]) => match.startsWith('"'));
  const isField = (end: number) => /^ (?:in\b|\| ")/.test(text.slice(end, end + 4));
  return strings.filter(({ 0: match, index }) => !isField(index + match.length)).map(([match]) => match);
}

function importsOf(text: string): Import[] {
  const statement =
    /^(?:import|export)\b[^;"']*?\bfrom "([^"]+)"|(?<!typeof )\bimport\("([^"]+)"\)|^import "([^"]+)"/gm;
  return [...text.matchAll(statement)].map(([, from, dynamic, bare]) => ({ from: from ?? dynamic ?? bare }));
}

function roomOf(path: string): string {
  return path.split("/")[0].replace(/\.ts$/, "");
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => {
      const text = readFileSync(join(folder, path), "utf8");
      const slashed = path.split(sep).join("/");
      return {
        path: slashed,
        room: roomOf(slashed),
        code: codeOf(text),
        strings: stringsOf(text),
        imports: importsOf(text),
      };
    });
}

const files = readSources(SRC);

/** Path without its extension, below the folder of the sources, that a relative import means. */
function targetOf(file: SourceFile, from: string): string {
  const joined = normalize(join(dirname(file.path), from))
    .split(sep)
    .join("/");
  return joined.replace(/\.js$/, "");
}

function stemOf({ path }: SourceFile): string {
  return path.replace(/\.tsx?$/, "");
}

/** The first circle of imports, types included, as the way around it; `null` if there is none. */
function findCircle(sources: readonly SourceFile[]): string[] | null {
  const byStem = new Map(sources.map((file) => [stemOf(file), file]));
  const done = new Set<string>();
  const visit = (stem: string, way: readonly string[]): string[] | null => {
    if (way.includes(stem)) return [...way.slice(way.indexOf(stem)), stem];
    const file = byStem.get(stem);
    if (!file || done.has(stem)) return null;
    done.add(stem);
    for (const { from } of file.imports) {
      const circle = from.startsWith(".") ? visit(targetOf(file, from), [...way, stem]) : null;
      if (circle) return circle;
    }
    return null;
  };
  for (const file of sources) {
    const circle = visit(stemOf(file), []);
    if (circle) return circle;
  }
  return null;
}

/** Name of an import in a rule: a room, or the package or scheme it comes from. */
function originOf(file: SourceFile, { from }: Import): string {
  if (from.startsWith(".")) return roomOf(targetOf(file, from));
  if (/^hyparquet(?:-writer)?\/src\//.test(from)) return from.replace(/\/src\/.*/, "/src");
  if (from.startsWith("#") || from.startsWith("node:")) return from.replace(/(?<=^#\w+)\/.*|(?<=^node:).*/, "");
  return from;
}

/** Places where `pattern` stands in the code of a file, as `path: match`. */
function mentions(pattern: RegExp, allowed: (file: SourceFile) => boolean = () => false): string[] {
  const found = files.filter((file) => !allowed(file));
  return found.flatMap(({ path, code }) => [...code.matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`));
}

describe("src/", () => {
  it("has the rooms of the table", () => {
    const rooms = new Set(files.map(({ room }) => room));
    expect([...rooms].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it.each(Object.keys(ALLOWED))("%s imports only what it may", (room) => {
    const own = files.filter((file) => file.room === room);
    expect(own.length).toBeGreaterThan(0);
    const strays = own.flatMap((file) =>
      file.imports
        .filter((one) => {
          const origin = originOf(file, one);
          return origin !== room && !ALLOWED[room].includes(origin);
        })
        .map(({ from }) => `${file.path} imports ${from}`),
    );
    expect(strays).toEqual([]);
  });

  it("imports rooms that stand before it, so that the rooms are a column", () => {
    const order = Object.keys(ALLOWED);
    const strays = order.flatMap((room, i) =>
      ALLOWED[room].filter((other) => order.indexOf(other) >= i).map((other) => `${room} imports ${other}`),
    );
    expect(strays).toEqual([]);
  });

  it("needs every import that it is allowed", () => {
    const used = Object.keys(ALLOWED).map((room) => {
      const own = files.filter((file) => file.room === room);
      const origins = own.flatMap((file) => file.imports.map((one) => originOf(file, one)));
      return [room, ALLOWED[room].filter((origin) => origins.includes(origin))];
    });
    expect(Object.fromEntries(used)).toEqual(ALLOWED);
  });

  it("is a row of the table in docs/ARCHITECTURE.md", () => {
    const page = readFileSync(new URL("../docs/ARCHITECTURE.md", import.meta.url), "utf8");
    const [table] = page.match(/^\| room in `src\/` \|.*\n(?:\|.*\n)+/m) ?? [""];
    const rooms = Array.from(table.matchAll(/^\|((?: `\w+`)+) \|/gm), ([, cell]) => cell.match(/\w+/g) ?? []).flat();
    expect(rooms.sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it("imports files that are there, with their extension", () => {
    const stems = new Set(files.map(stemOf));
    const missing = files.flatMap((file) =>
      file.imports.filter(
        ({ from }) => from.startsWith(".") && !(from.endsWith(".js") && stems.has(targetOf(file, from))),
      ),
    );
    expect(missing).toEqual([]);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it("has no circle of imports, types included", () => {
    expect(findCircle(files)).toBeNull();
  });

  it("knows WebAssembly and threads only in runtime/", () => {
    const words = /\b(?:WebAssembly|Worker|SharedArrayBuffer|Atomics)\b/g;
    // BullMQ calls the class of its workers so.
    expect(mentions(words, ({ path }) => /^runtime\/|^bullmq\/(?:library|worker)\.ts$/.test(path))).toEqual([]);
    expect(mentions(words).length).toBeGreaterThan(0);
  });

  it.each(files.map(({ path }) => path).filter((path) => /^(?:(?:\w+\/)?index|worker)\.ts$/.test(path)))(
    "exports from %s and does nothing else there",
    (entry) => {
      const index = files.find(({ path }) => path === entry);
      expect(index?.code.replace(/export (?:\*|(?:type )?\{[^}]*\}) from\s*;/g, "").trim()).toBe("");
    },
  );

  it("imports no index of another room, as a file says where a thing is made", () => {
    const strays = files
      .filter(({ path }) => !/^(?:index|worker|table\/source)\.ts$/.test(path))
      .flatMap((file) =>
        file.imports
          .filter(({ from }) => /^\w+\/index$/.test(targetOf(file, from)))
          .map(({ from }) => `${file.path} imports ${from}`),
      );
    expect(strays).toEqual([]);
  });

  it("has a main entry point of at most 60 lines", () => {
    expect(readFileSync(join(SRC, "index.ts"), "utf8").split("\n").length).toBeLessThanOrEqual(60);
  });

  // Others ask a definition for its facts. Formats map names to names. The estimators have options with such names, as
  // scikit-learn has; explain prints formulas of its own.
  it("names layers and optimizers only where they are defined", () => {
    // "softmax" is an activation, too.
    const names = new Set(
      [...layerTypes.filter((type) => type !== "softmax"), ...optimizerNames].map((name) => `"${name}"`),
    );
    const named = files.filter(({ strings }) => strings.some((string) => names.has(string))).map(({ path }) => path);
    const homes = /^specs\/(?:layers|optimizers)\//;
    const formats = /^interop\//;
    const words = /^explain\//;
    expect(named.filter((path) => ![homes, formats, words].some((room) => room.test(path)))).toEqual([
      "estimators/options.ts",
    ]);
    expect(named.filter((path) => homes.test(path)).length).toBeGreaterThan(10);
  });

  it("is random only by seed", () => {
    expect(mentions(/\bMath\s*\.\s*random\b|\bgetRandomValues\b|\brandomUUID\b/g)).toEqual([]);
  });

  // ECMAScript leaves the last bits of the others to the engine: results would depend on it.
  it("uses only those parts of Math that are exact in every engine", () => {
    const exact = "abs|ceil|floor|fround|imul|max|min|round|sign|sqrt|trunc|clz32|E|LN2|LOG2E|PI|SQRT1_2|SQRT2";
    expect(mentions(new RegExp(`\\bMath\\s*\\.\\s*(?!(?:${exact})\\b)\\w+`, "g"))).toEqual([]);
    expect(mentions(/\bMath\b(?!\s*\.)/g)).toEqual([]);
  });

  it("tells the kinds of callers' objects by tag, which holds for those of another realm", () => {
    const classes = "Array|ArrayBuffer|SharedArrayBuffer|DataView|Map|Set|Date|RegExp|Promise|AbortSignal|\\w+Array";
    expect(mentions(new RegExp(`\\binstanceof (?:${classes})\\b`, "g"))).toEqual([]);
  });

  it("spreads no array of any length into the arguments of a call", () => {
    expect(mentions(/\bMath\s*\.\s*(?:max|min|hypot)\s*\([^)]*\.\.\./g)).toEqual([]);
    expect(mentions(/\bfromCh\w+\(\.\.\.|\b(?:max|min|push|unshift|fromCharCode)\.apply\b/g)).toEqual([]);
  });

  it("raises only numbers in the source to powers", () => {
    expect(mentions(/.{0,20}\*\*=?.{0,10}/g).filter((mention) => !/\b2 \*\* \d+\b/.test(mention))).toEqual([]);
  });

  it("reads the clock only to yield and to report, in runtime/, and for the times in event files", () => {
    const clock = /\b(?:Date\.|new Date|performance|hrtime)\b/g;
    expect(mentions(clock, ({ room, path }) => room === "runtime" || path === "node/eventFile.ts")).toEqual([]);
  });
});

describe("playground/src/", () => {
  const sources = readSources(fileURLToPath(new URL("../playground/src", import.meta.url)));

  it("has no circle of imports, types included", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(findCircle(sources)).toBeNull();
  });

  it("knows the library by its entry points only", () => {
    const strays = sources.flatMap(({ path, imports }) =>
      imports.filter(({ from }) => from.includes("/src/")).map(({ from }) => `${path} imports ${from}`),
    );
    expect(strays).toEqual([]);
  });
});

describe("cli/", () => {
  const sources = readSources(fileURLToPath(new URL("../cli", import.meta.url)));

  it("has no circle of imports, types included", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(findCircle(sources)).toBeNull();
  });

  it("knows the library by its entry points only, but for the words of messages", () => {
    const strays = sources.flatMap(({ path, imports }) =>
      imports.filter(({ from }) => from.includes("/src/")).map(({ from }) => `${path} imports ${from}`),
    );
    expect(strays).toEqual(["files/paths.ts imports ../../src/base/errors.js"]);
  });

  it("has commands that do not import each other", () => {
    const commands = sources.filter(({ room }) => room === "commands");
    const strays = commands.flatMap(({ path, imports }) =>
      imports.filter(({ from }) => from.startsWith("./")).map(({ from }) => `${path} imports ${from}`),
    );
    expect(strays).toEqual([]);
  });
});

describe("assembly/", () => {
  const ASSEMBLY = fileURLToPath(new URL("../assembly", import.meta.url));
  const sources = readdirSync(ASSEMBLY, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ name: name.split(sep).join("/"), text: readFileSync(join(ASSEMBLY, name), "utf8") }));

  it("imports itself and the vocabulary of plan/op.ts", () => {
    const strays = sources.flatMap(({ name, text }) =>
      importsOf(text)
        .map(({ from }) => ({ from, target: join("assembly", dirname(name), from).split(sep).join("/") }))
        .filter(({ target }) => !/^assembly\/(?:\w+\/)?\w+$/.test(target) && target !== "src/plan/op")
        .map(({ from }) => `${name} imports ${from}`),
    );
    expect(strays).toEqual([]);
  });

  it.each([
    ["ASC_FEATURE_RELAXED_SIMD", "simd.ts"],
    ["ASC_FEATURE_THREADS", "barrier.ts"],
    ["atomic.", "barrier.ts"],
  ])("has %s only in %s", (word, home) => {
    const names = sources.filter(({ text }) => codeOf(text).includes(word)).map(({ name }) => name);
    expect(names).toEqual([home]);
  });

  it("allocates nothing", () => {
    const strays = sources.filter(({ text }) =>
      /\bnew \w|\bthrow\b|\bStaticArray\b|\bmemory\.data\b/.test(codeOf(text)),
    );
    expect(strays.map(({ name }) => name)).toEqual([]);
  });
});
