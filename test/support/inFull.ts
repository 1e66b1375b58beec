/** Proofs that `npm run test:quick` leaves to `npm test`. */
import { it } from "vitest";

export const isQuick = process.env.SIMDGRAD_TEST === "quick";

/** The run of CI, which has more time than `npm test` by itself. */
export const isWhole = process.env.SIMDGRAD_TEST === "whole";

/** `it` for a test that starts processes of its own, or takes a second and more of large sizes. */
export const itInFull = it.skipIf(isQuick);

/** All of many cases of one kind; every third of them in the quick run. */
export function sampleInQuick<T>(cases: readonly T[]): readonly T[] {
  return isQuick ? cases.filter((_, i) => i % 3 === 0) : cases;
}
