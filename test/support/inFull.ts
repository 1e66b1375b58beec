/** Proofs that `npm run test:quick` leaves to `npm test`. */
import { it } from "vitest";

/** `it` for a test that starts processes of its own, or takes a second and more of large sizes. */
export const itInFull = it.skipIf(process.env.SIMDGRAD_TEST === "quick");
