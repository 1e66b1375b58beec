// Which part of src/ may import which, and what only some of them, or none, may touch.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

const LEAVES = ["errors", "json", "kinds", "math", "random", "shape"];
const SPECS = [
  "activations",
  "constraints",
  "initializers",
  "layers",
  "losses",
  "metrics",
  "optimizers",
  "regularizers",
  "schedules",
];

/** Each room and what it may import besides itself: other rooms, or modules from outside src/. */
const ALLOWED: Record<string, readonly string[]> = {
  errors: ["kinds"],
  json: ["errors"],
  kinds: [],
  math: [],
  shape: [],
  random: ["errors", "math"],
  data: LEAVES,
  plan: LEAVES,
  ...Object.fromEntries(SPECS.map((room) => [room, [...LEAVES, "plan", ...SPECS]])),
  runtime: [...LEAVES, "plan", "#wasm", "@assemblyscript/loader"],
  model: [...LEAVES, "data", "plan", ...SPECS, "runtime", "#worker"],
  csv: ["errors", "kinds", "data", "papaparse"],
  datasets: ["errors", "data"],
  node: ["errors", "kinds", "csv", "data", "model", "node:"],
  plot: ["errors", "data", "metrics", "d3-array", "d3-contour", "d3-scale", "d3-shape"],
  explain: ["errors", "data", "plan", ...SPECS, "runtime", "model"],
  inspect: [...LEAVES, "data", "plan", ...SPECS, "runtime", "model"],
  estimators: ["errors", "json", "kinds", "data", ...SPECS, "model"],
  search: [...LEAVES, "data", "metrics", "estimators", "model", "runtime", "#worker"],
  worker: ["model", "search"],
  index: ["errors", "json", "shape", "data", ...SPECS, "model", "runtime", "inspect"],
};

interface Import {
  readonly from: string;
  readonly isType: boolean;
}

interface SourceFile {
  /** Relative to src/, with slashes: `plan/tape.ts`. */
  readonly path: string;
  readonly room: string;
  /** Without comments and the text of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** The text within `${…}` of a template literal. */
function holesOf(template: string): string {
  return [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, hole]) => ` ${hole} `).join("");
}

/** Source without comments and strings; what a template literal computes stays. */
function codeOf(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
  return text.replace(token, (match) => (match.startsWith("`") ? holesOf(match) : " "));
}

function importsOf(text: string): Import[] {
  const statement =
    /^(?:import|export)\b([^;"']*?)\bfrom "([^"]+)"|(?<!typeof )\bimport\("([^"]+)"\)|^import "([^"]+)"/gm;
  return [...text.matchAll(statement)].map(([, clause = "", from, dynamic, bare]) => ({
    from: from ?? dynamic ?? bare,
    isType: clause.trimStart().startsWith("type "),
  }));
}

function roomOf(path: string): string {
  return path.split("/")[0].replace(/\.ts$/, "");
}

const files: SourceFile[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    const slashed = path.split(sep).join("/");
    return { path: slashed, room: roomOf(slashed), code: codeOf(text), imports: importsOf(text) };
  });

/** Path below src/ that a relative import means. */
function targetOf(file: SourceFile, from: string): string {
  const joined = normalize(join(dirname(file.path), from))
    .split(sep)
    .join("/");
  return joined.replace(/\.js$/, ".ts");
}

/** What a rule calls an import: a room, or the package or scheme it comes from. */
function originOf(file: SourceFile, { from }: Import): string {
  if (from.startsWith(".")) return roomOf(targetOf(file, from));
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

  it("imports files that are there, with their extension", () => {
    const paths = new Set(files.map(({ path }) => path));
    const missing = files.flatMap((file) =>
      file.imports.filter(({ from }) => from.startsWith(".") && !paths.has(targetOf(file, from))),
    );
    expect(missing).toEqual([]);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
  });

  it("has no circle of imports, types aside", () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const done = new Set<string>();
    const visit = (path: string, way: readonly string[]): void => {
      expect(way, "a circle").not.toContain(path);
      if (done.has(path)) return;
      const file = byPath.get(path);
      for (const { from, isType } of file?.imports ?? []) {
        if (file && from.startsWith(".") && !isType) visit(targetOf(file, from), [...way, path]);
      }
      done.add(path);
    };
    for (const { path } of files) visit(path, []);
  });

  it("knows WebAssembly and threads only in runtime/", () => {
    const words = /\b(?:WebAssembly|Worker|SharedArrayBuffer|Atomics)\b/g;
    expect(mentions(words, ({ room }) => room === "runtime")).toEqual([]);
    expect(mentions(words).length).toBeGreaterThan(0);
  });

  it.each(["index.ts", "explain.ts"])("exports from %s and does nothing else there", (entry) => {
    const index = files.find(({ path }) => path === entry);
    expect(index?.code.replace(/export (?:type )?\{[^}]*\} from\s*;/g, "").trim()).toBe("");
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

  it("reads the clock only to yield and to report, in runtime/", () => {
    const clock = /\b(?:Date|performance|hrtime)\b/g;
    expect(mentions(clock, ({ room }) => room === "runtime")).toEqual([]);
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
