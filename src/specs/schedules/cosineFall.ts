/** The fall of a cosine, which several schedules share. */
import { cos } from "../../base/math.js";

/** ½(1 + cos πp): from 1 at p = 0 to 0 at p = 1. */
export function cosineFall(p: number): number {
  return 0.5 * (1 + cos(Math.PI * p));
}
