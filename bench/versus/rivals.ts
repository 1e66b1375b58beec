/** The rivals in the comparison: a name, the process to start, and the options it is opened with. */
import { fileURLToPath } from "node:url";

export interface Rival {
  name: string;
  /** Technology that it computes with; decides the colour of its bars. */
  kind: "ours" | "javascript" | "native";
  command: readonly string[];
  options: Readonly<Record<string, unknown>>;
  /** Variant of ours that must be loaded; else the engine cannot run it, and the rival is left out with a note. */
  variant?: string;
}

function path(name: string): string {
  return fileURLToPath(new URL(`./rivals/${name}`, import.meta.url));
}

/** Flags of this process that choose features of the engine; the children get the same. */
const ENGINE_FLAGS = process.execArgv.filter((flag) => flag.startsWith("--experimental"));

function javaScript(name: string, module: string, options: Rival["options"] = {}, flags: string[] = []): Rival {
  const command = [process.execPath, ...ENGINE_FLAGS, ...flags, path("child.mjs"), path(module)];
  return { name, kind: "javascript", command, options };
}

function ours(mode: "strict" | "relaxed", threads: number): Rival {
  const name = `simdgrad ${mode}, ${threads} thread${threads > 1 ? "s" : ""}`;
  const rival = javaScript(name, "simdgrad.mjs", { deterministic: mode === "strict", threads });
  const variant = (mode === "strict" ? "simd" : "relaxed") + (threads > 1 ? "-threads" : "");
  return { ...rival, kind: "ours", variant };
}

/** The Python that has PyTorch, NumPy and scikit-learn. */
export const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";

function python(name: string, script: string, options: Rival["options"] = {}): Rival {
  return { name, kind: "native", command: [PYTHON, path(script)], options };
}

const TYPESCRIPT = ["--import", "tsx"];

const pytorch = python("PyTorch", "pytorch.py");
const own = [ours("strict", 1), ours("strict", 2), ours("relaxed", 1), ours("relaxed", 2)];

export const rivals: readonly Rival[] = [
  ...own,
  javaScript("hand-written JS, plain", "pureJs.ts", { products: "plain" }, TYPESCRIPT),
  javaScript("hand-written JS, tuned", "pureJs.ts", { products: "tuned" }, TYPESCRIPT),
  javaScript("TensorFlow.js, cpu", "tfjs.mjs", { backend: "cpu" }),
  javaScript("TensorFlow.js, wasm", "tfjs.mjs", { backend: "wasm" }),
  javaScript("jax-js, wasm", "jax.mjs"),
  javaScript("brain.js", "brain.mjs"),
  javaScript("ml-fnn", "mlFnn.mjs"),
  javaScript("onnxruntime-web", "onnxruntime.mjs", { package: "onnxruntime-web" }),
  { ...javaScript("onnxruntime-node", "onnxruntime.mjs", { package: "onnxruntime-node" }), kind: "native" },
  pytorch,
  python("NumPy", "numpyNet.py"),
];

/** The rivals of the sweep: PyTorch with its default optimizer first, which the others are divided by. */
export const sweepRivals: readonly Rival[] = [
  pytorch,
  python("PyTorch, fused Adam", "pytorch.py", { fused: true }),
  ...own,
];
