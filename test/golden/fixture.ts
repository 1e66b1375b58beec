/** Reads a golden fixture; fixtures/README.md says what each holds. */
import { readFileSync } from "node:fs";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { backends, oracle } from "../support/backends.js";
import type { Tolerance } from "../support/toBeAllClose.js";

export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8")) as T;
}

/** Single ops on every backend, and in float64, where only the formula can differ from the fixture. */
export const formulaBackends: readonly [name: string, factory: BackendFactory][] = [["float64", oracle], ...backends];

/**
 * float64 is bounded by what is float32 in it: the constants in records (momentum 0.9), and results as they are read.
 */
export function toleranceOf(name: string): Required<Tolerance> {
  return name === "float64" ? { rtol: 3e-7, atol: 3e-8 } : { rtol: 1e-6, atol: 1e-6 };
}
