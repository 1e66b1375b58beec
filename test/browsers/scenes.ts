/** The surroundings that pages live in, and which tests run in each. Knows no browser. */

export interface Scene {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the tests run. */
  readonly place: "page" | "worker";
  /** Test files by the beginning of their path below test/. */
  readonly files: readonly string[];
}

/** What gives a page SharedArrayBuffer. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const policy = (scripts: string) => ({ "Content-Security-Policy": `default-src 'self'; script-src ${scripts}` });

const ARITHMETIC = ["kernels/", "golden/", "gradients", "invariants"];

export const scenes: readonly Scene[] = [
  {
    name: "isolatedWorker",
    headers: ISOLATION,
    place: "worker",
    files: [...ARITHMETIC, "model/", "browsers/cases/isolatedWorker"],
  },
  {
    name: "isolatedPage",
    headers: ISOLATION,
    place: "page",
    files: ["model/canonical", "browsers/cases/isolatedPage"],
  },
  { name: "plainWorker", headers: {}, place: "worker", files: ["browsers/cases/plainWorker"] },
  {
    name: "policy",
    headers: { ...ISOLATION, ...policy("'self' 'wasm-unsafe-eval'") },
    place: "page",
    files: ["model/canonical", "browsers/cases/policy"],
  },
  { name: "noWasm", headers: policy("'self'"), place: "page", files: ["browsers/cases/noWasm"] },
];
