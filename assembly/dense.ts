/**
 * The three matrix products of a dense layer: blocking, edges and the deal among threads.
 * The arithmetic is in `microkernel.ts`.
 */
import { ActivationKind, Place } from "../src/plan/op";
import { activate } from "./activation";
import {
  forwardRow32, forwardRow8, forwardTile16, forwardTile8, inputGradientTile, kernelGradientTile,
} from "./microkernel";
import { DenseForward, DenseInputGradient, DenseKernelGradient } from "./record";
import { closeRow, splat } from "./simd";
import { partBegin } from "./split";

/** Rows whose operands stay in the second-level cache while all panels pass by. */
const ROW_BLOCK: i32 = 64;
/** Inputs whose two panels and two rows of x stay in the first-level cache. */
const DEPTH_BLOCK: i32 = 512;
/** Rows per pass of the kernel gradient: x[rows, inputs] must stay in the second-level cache while all panels pass by. */
const GRADIENT_ROW_BLOCK: i32 = 32;

@inline function panelCount(units: i32): i32 {
  return (units + Place.PanelWidth - 1) / Place.PanelWidth;
}

@inline function quadCount(count: i32): i32 {
  return (count + 3) >> 2;
}

/** y[rows, units] = activation(x[rows, inputs] kernel[inputs, units] + bias) */
export function denseForward(op: DenseForward, rows: i32, tid: i32, threads: i32): void {
  const panels = panelCount(op.units);
  let panelBegin = 0, panelEnd = panels, rowBegin = 0, rowEnd = rows;
  if (panels >= 2 * threads || rows < 4 * threads) {
    panelBegin = partBegin(panels, tid, threads);
    panelEnd = partBegin(panels, tid + 1, threads);
  } else {
    rowBegin = min(rows, partBegin(quadCount(rows), tid, threads) << 2);
    rowEnd = min(rows, partBegin(quadCount(rows), tid + 1, threads) << 2);
  }
  if (panelBegin == panelEnd || rowBegin == rowEnd) return;

  const rectified = op.activation == ActivationKind.Relu;
  const fused = rectified || op.activation == ActivationKind.Linear;
  for (let row = rowBegin; row < rowEnd; row += ROW_BLOCK) {
    const blockEnd = min(row + ROW_BLOCK, rowEnd);
    for (let depth = 0; depth < op.inputs; depth += DEPTH_BLOCK) {
      const last = depth + DEPTH_BLOCK >= op.inputs;
      const floor = splat(last && rectified ? 0 : -Infinity);
      forwardBlock(op, row, blockEnd, panelBegin, panelEnd, depth, min(DEPTH_BLOCK, op.inputs - depth), floor);
    }
    if (!fused) {
      const y = op.y + <usize>row * op.yStride + (<usize>panelBegin << 5);
      const columns = min(panelEnd << 3, op.units) - (panelBegin << 3);
      activate(op.activation, y, op.yStride, y, op.yStride, blockEnd - row, columns, op.alpha);
    }
  }
}

function forwardBlock(
  op: DenseForward, rowBegin: i32, rowEnd: i32, panelBegin: i32, panelEnd: i32, depthBegin: i32, depth: i32, floor: v128,
): void {
  const xStride = op.xStride, yStride = op.yStride;
  const x = op.x + (<usize>depthBegin << 2);
  const kernel = op.kernel + (<usize>depthBegin << 5);
  // The first block of depths starts from the bias, later ones from what the earlier left in y.
  const bias = depthBegin == 0 ? op.bias : 0;
  if (rowEnd - rowBegin == 1) {
    const xRow = x + <usize>rowBegin * xStride;
    const yRow = op.y + <usize>rowBegin * yStride;
    let panel = panelBegin;
    for (; panel + 4 <= panelEnd; panel += 4) {
      const at = <usize>panel << 5;
      forwardRow32(xRow, kernel + <usize>panel * op.kernelStride, op.kernelStride, depth, yRow + at, bias ? bias + at : 0, floor);
    }
    for (; panel < panelEnd; panel++) {
      const at = <usize>panel << 5;
      forwardRow8(xRow, kernel + <usize>panel * op.kernelStride, depth, yRow + at, bias ? bias + at : 0, floor);
    }
    return;
  }
  let panel = panelBegin;
  for (; panel + 2 <= panelEnd; panel += 2) {
    const at = <usize>panel << 5;
    const weights = kernel + <usize>panel * op.kernelStride;
    const panelBias = bias ? bias + at : 0;
    for (let row = rowBegin; row < rowEnd; row += 2) {
      // At the edge the last row stands in for the rows that are not there.
      const row1 = min(row + 1, rowEnd - 1);
      forwardTile16(
        x + <usize>row * xStride, x + <usize>row1 * xStride, weights, op.kernelStride, depth,
        op.y + <usize>row * yStride + at, op.y + <usize>row1 * yStride + at, panelBias, floor,
      );
    }
  }
  if (panel < panelEnd) {
    const at = <usize>panel << 5;
    const weights = kernel + <usize>panel * op.kernelStride;
    const panelBias = bias ? bias + at : 0;
    for (let row = rowBegin; row < rowEnd; row += 4) {
      const row1 = min(row + 1, rowEnd - 1), row2 = min(row + 2, rowEnd - 1), row3 = min(row + 3, rowEnd - 1);
      forwardTile8(
        x + <usize>row * xStride, x + <usize>row1 * xStride, x + <usize>row2 * xStride, x + <usize>row3 * xStride,
        weights, depth,
        op.y + <usize>row * yStride + at, op.y + <usize>row1 * yStride + at,
        op.y + <usize>row2 * yStride + at, op.y + <usize>row3 * yStride + at,
        panelBias, floor,
      );
    }
  }
}

/** dKernel[inputs, units] = x[rows, inputs]^T dy[rows, units] */
export function denseKernelGradient(op: DenseKernelGradient, rows: i32, tid: i32, threads: i32): void {
  const panels = panelCount(op.units), quads = quadCount(op.inputs);
  let panelBegin = 0, panelEnd = panels, quadBegin = 0, quadEnd = quads;
  if (panels >= 2 * threads) {
    panelBegin = partBegin(panels, tid, threads);
    panelEnd = partBegin(panels, tid + 1, threads);
  } else {
    quadBegin = partBegin(quads, tid, threads);
    quadEnd = partBegin(quads, tid + 1, threads);
  }
  for (let row = 0; row < rows; row += GRADIENT_ROW_BLOCK) {
    const blockRows = min(GRADIENT_ROW_BLOCK, rows - row);
    const x = op.x + <usize>row * op.xStride;
    const dy = op.dy + <usize>row * op.dyStride;
    for (let panel = panelBegin; panel < panelEnd; panel++) {
      const out = op.dKernel + <usize>panel * op.dKernelStride;
      for (let quad = quadBegin; quad < quadEnd; quad++) {
        kernelGradientTile(
          x + (<usize>quad << 4), op.xStride, dy + (<usize>panel << 5), op.dyStride, blockRows,
          out + (<usize>quad << 7), row > 0,
        );
      }
    }
  }
}

/** dx[rows, inputs] = dy[rows, units] kernel[inputs, units]^T */
export function denseInputGradient(op: DenseInputGradient, rows: i32, tid: i32, threads: i32): void {
  const panels = panelCount(op.units), quads = quadCount(op.inputs);
  let quadBegin = 0, quadEnd = quads, rowBegin = 0, rowEnd = rows;
  if (quads >= 2 * threads) {
    quadBegin = partBegin(quads, tid, threads);
    quadEnd = partBegin(quads, tid + 1, threads);
  } else {
    rowBegin = partBegin(rows, tid, threads);
    rowEnd = partBegin(rows, tid + 1, threads);
  }
  for (let block = rowBegin; block < rowEnd; block += ROW_BLOCK) {
    const blockEnd = min(block + ROW_BLOCK, rowEnd);
    for (let quad = quadBegin; quad < quadEnd; quad++) {
      const dx = op.dx + (<usize>quad << 4);
      for (let row = block; row < blockEnd; row += 2) {
        const row1 = min(row + 1, blockEnd - 1);
        inputGradientTile(
          op.dy + <usize>row * op.dyStride, op.dy + <usize>row1 * op.dyStride,
          op.kernel + (<usize>quad << 7), op.kernelStride, panels,
          dx + <usize>row * op.dxStride, dx + <usize>row1 * op.dxStride,
        );
      }
    }
    if (quadEnd == quads) {
      for (let row = block; row < blockEnd; row++) closeRow(op.dx + <usize>row * op.dxStride, op.inputs);
    }
  }
}
