/** Weights as text. */
import { encodeBase64 } from "../../base/encodeBase64.js";
import type { Table } from "./steps.js";

const WIDTH = 116;

/** Float32 values, lowest byte first, as lines of base64. */
export function base64Lines(tables: readonly Table[]): string[] {
  const count = tables.reduce((sum, { length }) => sum + length, 0);
  const view = new DataView(new ArrayBuffer(4 * count));
  let at = 0;
  for (const table of tables) {
    for (const value of table) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return encodeBase64(new Uint8Array(view.buffer)).match(new RegExp(`.{1,${WIDTH}}`, "g")) ?? [];
}
