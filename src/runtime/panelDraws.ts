/**
 * Uniform numbers for kernels, drawn by WebAssembly. Only the build for Node has it: there the first weights took a fifth
 * of the time to the first prediction.
 */
import draw from "#wasm/draw";
import { decodeBase64 } from "../base/base64.js";
import { Place } from "../plan/op.js";
import type { TensorRef } from "../plan/tensor.js";
import { newMemory } from "./wasm.js";

const WIDTH = Place.PanelWidth;
/** Bytes of the generator's state, and of the rows that are drawn before they are copied. */
const STATE = 64;
const ROOM = 4 * 65536 - STATE;
/** Fewer numbers are drawn sooner by JavaScript. */
const LEAST = 4096;

/** True for kernels that are drawn faster so, and of which a row fits the memory. */
export function canDrawPanels({ format, shape: [inputs, units] }: TensorRef): boolean {
  return format === "panels" && inputs * units >= LEAST && units * 4 <= ROOM / 2;
}

/** Fills a kernel in its slab with the numbers that `Random.fillUniform` gives from a state, row after row. */
type PanelDraw = (tensor: TensorRef, slab: Float32Array, state: Int32Array, low: number, high: number) => void;

/** @throws anything that the engine throws if it has no WebAssembly, or no memory */
export function openPanelDraw(): PanelDraw {
  const memory = newMemory(STATE + ROOM);
  // 0.3 KB, too little to wait for.
  const module = new WebAssembly.Module(decodeBase64(draw));
  const { drawRow } = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
    "drawRow",
    (to: number, units: number, stride: number, low: number, width: number) => void
  >;
  const floats = new Float32Array(memory.buffer, STATE);
  return (tensor, slab, state, low, high) => {
    const [inputs, units] = tensor.shape;
    const panels = Math.ceil(units / WIDTH);
    const most = Math.floor(floats.length / (panels * WIDTH));
    new Int32Array(memory.buffer, 0, 4).set(state);
    for (let first = 0; first < inputs; first += most) {
      floats.fill(0); // lanes without a unit
      const rows = Math.min(most, inputs - first);
      const length = rows * WIDTH;
      // A call for each row: engines change to faster code between calls, not within one.
      for (let row = 0; row < rows; row++) drawRow(STATE + row * WIDTH * 4, units, length * 4, low, high - low);
      for (let panel = 0; panel < panels; panel++) {
        const at = tensor.offset + panel * tensor.stride + first * WIDTH;
        slab.set(floats.subarray(panel * length, (panel + 1) * length), at);
      }
    }
  };
}
