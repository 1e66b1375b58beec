/** The rare updates, which Node reads with everything else. */
import { rareUpdates } from "./rareUpdates.js";

export async function fetchUpdates() {
  return rareUpdates;
}
