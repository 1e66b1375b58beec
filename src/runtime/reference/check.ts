/** The check of values that users pass in. */
import { Status } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Memory } from "./memory.js";

/** Sets the status if a value of x is NaN or infinite. */
export function checkFinite(memory: Memory, { x, columns }: Fields<typeof Op.CheckFinite>): void {
  for (let row = 0; row < memory.rows; row++) {
    for (let j = 0; j < columns; j++) {
      if (!Number.isFinite(memory.floats[x.at + row * x.stride + j])) memory.status = Status.InputNotFinite;
    }
  }
}
