/** The surroundings that pages live in, and which tests run in each. Knows how to start no browser. */
import type { BrowserName } from "./finder.js";

export interface Scene {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Thread that the tests run on. */
  readonly place: "page" | "worker";
  /** Test files by the beginning of their path below test/. */
  readonly files: readonly string[];
  /** Those that Firefox runs as well. */
  readonly inFirefox?: readonly string[];
  /** Those for which only `npm run test:browsers` has time. */
  readonly more?: readonly string[];
}

/** Headers that give a page SharedArrayBuffer. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const policy = (scripts: string) => ({ "Content-Security-Policy": `default-src 'self'; script-src ${scripts}` });

/** Of each kernel alone. Chromium's engine is Node's, where `npm test` runs them, so that it leaves them out. */
const KERNELS = ["kernels/", "gradients"];
const ARITHMETIC = ["golden/", "invariants"];

const all: readonly Scene[] = [
  {
    name: "isolatedWorker",
    headers: ISOLATION,
    place: "worker",
    files: [...ARITHMETIC, "model/canonical", "browsers/cases/isolatedWorker"],
    inFirefox: KERNELS,
    more: [...KERNELS, "model/"],
  },
  {
    name: "isolatedPage",
    headers: ISOLATION,
    place: "page",
    files: ["model/canonical", "model/worker", "browsers/cases/isolatedPage", "browsers/cases/storage"],
  },
  {
    name: "plainWorker",
    headers: {},
    place: "worker",
    files: ["browsers/cases/plainWorker", "browsers/cases/quantized"],
  },
  {
    name: "policy",
    headers: { ...ISOLATION, ...policy("'self' 'wasm-unsafe-eval'") },
    place: "page",
    files: ["model/canonical", "browsers/cases/policy"],
  },
  { name: "noWasm", headers: policy("'self'"), place: "page", files: ["browsers/cases/noWasm"] },
];

/** All scenes, with the files that there is time for. */
export function scenesOf(browser: BrowserName, isFull: boolean): readonly Scene[] {
  return all.map((scene) => {
    const more = isFull ? scene.more : browser === "firefox" ? scene.inFirefox : [];
    return { ...scene, files: [...scene.files, ...(more ?? [])] };
  });
}
