/**
 * The updates that few programs have, and the rates of schedules, once they are loaded. `create` waits for them where it loads the whole Wasm
 * build. On a small build `compile` may choose one that is not there yet: the program then holds `ABSENT` in its place,
 * and is built anew before it trains (`ModelState.loadKernels`).
 */
import type { OpEntry } from "../../plan/field.js";
import { addRates } from "../schedules/table.js";
import { fetchUpdates } from "./updatesSource.js";

type Updates = Awaited<ReturnType<typeof fetchUpdates>>;

/** The updates; empty until they are loaded. */
export const updates: Partial<Updates> = {};

/** Makes them known. */
export function addUpdates(loaded: Updates): void {
  Object.assign(updates, loaded);
  addRates(loaded.rates);
}

export async function loadUpdates(): Promise<void> {
  addUpdates(await fetchUpdates());
}

/** The op of an update that is not loaded. No build has a kernel for it. */
export const ABSENT: OpEntry = { opcode: 99, name: "Absent", fields: {} };
