/**
 * The three matrix products of a dense layer: blocking, edges, the split among threads, and the choice of tiles. Tiles
 * come from `microkernel.ts`, or from `sparse.ts` if x is mostly zeros.
 */
import { ActivationKind, Place } from "../src/plan/op";
import { activate } from "./ops/activate";
import { addToDoubles, joinHalves } from "./blocks";
import { wideRows } from "./control";
import {
  forwardRow, forwardRow8, forwardTile16, forwardTile8, inputGradientTile, kernelGradientTile,
} from "./microkernel";
import { DenseForward, DenseInputGradient, DenseKernelGradient } from "./ops/records";
import { closeRow, RELAXED, splat } from "./simd";
import {
  columnMask, MASK_BITS, pairsAreSparse, quadsAreSparse, rowMask, sparseForwardRow32, sparseForwardTile16,
  sparseKernelGradientTile,
} from "./sparse";
import { partBegin } from "./split";

/** True in builds that only engines with registers for wide rows run: small builds are for pages. */
const WIDE_ROWS: bool = RELAXED || !EVERY;
/** Number of rows whose operands stay in the second-level cache while a group of panels passes by. */
const ROW_BLOCK: i32 = 64;
/** Panels whose part of a large kernel stays in the second-level cache while those rows pass by. */
const PANEL_GROUP: i32 = 24;
/** Number of inputs for which two panels and two rows of x stay in the first-level cache. */
const DEPTH_BLOCK: i32 = 512;
/**
 * Rows per pass of the kernel gradient: x[rows, inputs] must stay in the second-level cache while all panels pass by.
 * Also the rows of a block in large batches; see `blocks.ts`.
 */
const GRADIENT_ROW_BLOCK: i32 = 32;
/** Groups of four inputs whose part of a large kernel stays in the second-level cache while all rows pass by. */
const INPUT_QUADS: i32 = 8;
/** Rows per pass of the input gradient: their dy stays in the second-level cache while those groups pass by. */
const INPUT_ROW_BLOCK: i32 = 32;
/** Bytes from row to row from which each row counts as a page of its own. */
const PAGED_STRIDE: usize = 3072;
/** Groups of four inputs of a panel whose gradients have the size of its lines of dy in a pass. */
const LINES_QUADS: i32 = GRADIENT_ROW_BLOCK / 4;
/** Fewest panels that make it worthwhile to find the zeros in x. */
const SPARSE_PANELS: i32 = 4;

@inline function panelCount(units: i32): i32 {
  return (units + Place.PanelWidth - 1) / Place.PanelWidth;
}

@inline function quadCount(count: i32): i32 {
  return (count + 3) >> 2;
}

/** y[rows, units] = activation(x[rows, inputs] kernel[inputs, units] + bias) */
export function denseForward(op: DenseForward, rows: i32, tid: i32, threads: i32): void {
  if (rows == 0) return;
  const panels = panelCount(op.units), quads = quadCount(rows);
  const sparse = panels >= SPARSE_PANELS && pairsAreSparse(op.x, op.xStride, rows, op.inputs);
  if (panels < 2 * threads && rows >= 4 * threads) {
    const begin = partBegin(quads, tid, threads) << 2, end = min(rows, partBegin(quads, tid + 1, threads) << 2);
    forwardPart(op, begin, end, 0, panels, sparse);
    return;
  }
  // Panels, and of the panel in which a part ends some groups of four rows.
  const items = panels * quads;
  const begin = partBegin(items, tid, threads), end = partBegin(items, tid + 1, threads);
  const first = begin / quads, last = end / quads, skipped = begin % quads << 2, rest = end % quads << 2;
  if (first == last) {
    forwardPart(op, skipped, rest, first, first + 1, sparse);
    return;
  }
  if (skipped > 0) forwardPart(op, skipped, rows, first, first + 1, sparse);
  forwardPart(op, 0, rows, first + i32(skipped > 0), last, sparse);
  forwardPart(op, 0, rest, last, last + 1, sparse);
}

function forwardPart(op: DenseForward, rowBegin: i32, rowEnd: i32, panelBegin: i32, panelEnd: i32, sparse: bool): void {
  const rectified = op.activation == ActivationKind.Relu;
  const fused = rectified || op.activation == ActivationKind.Linear;
  const floor: f32 = rectified ? 0 : -Infinity;
  for (let panel = panelBegin; panel < panelEnd; panel += PANEL_GROUP) {
    const groupEnd = min(panel + PANEL_GROUP, panelEnd);
    for (let row = rowBegin; row < rowEnd; row += ROW_BLOCK) {
      const blockEnd = min(row + ROW_BLOCK, rowEnd);
      if (sparse) {
        sparseForwardBlock(op, row, blockEnd, panel, groupEnd, floor);
      } else {
        for (let depth = 0; depth < op.inputs; depth += DEPTH_BLOCK) {
          const end = depth + DEPTH_BLOCK >= op.inputs ? floor : -Infinity;
          forwardBlock(op, row, blockEnd, panel, groupEnd, depth, min(DEPTH_BLOCK, op.inputs - depth), splat(end));
        }
      }
      if (!fused) {
        const y = op.y + <usize>row * op.yStride + (<usize>panel << 5);
        const columns = min(groupEnd << 3, op.units) - (panel << 3);
        activate(op.activation, y, op.yStride, y, op.yStride, blockEnd - row, columns, op.alpha);
      }
    }
  }
}

function forwardBlock(
  op: DenseForward, rowBegin: i32, rowEnd: i32, panelBegin: i32, panelEnd: i32, depthBegin: i32, depth: i32, floor: v128,
): void {
  const xStride = op.xStride, yStride = op.yStride;
  const x = op.x + (<usize>depthBegin << 2);
  const kernel = op.kernel + (<usize>depthBegin << 5);
  // The first depth block starts from the bias, later blocks from the values that earlier ones left in y.
  const bias = depthBegin == 0 ? op.bias : 0;
  // A single row takes tiles of its own, but not for two panels: one tile of two rows is faster than two of a row.
  if (rowEnd - rowBegin == 1 && panelEnd - panelBegin != 2) {
    const xRow = x + <usize>rowBegin * xStride;
    const yRow = op.y + <usize>rowBegin * yStride;
    let panel = panelBegin;
    if (WIDE_ROWS || wideRows()) {
      for (; panel + 4 <= panelEnd; panel += 4) {
        const at = <usize>panel << 5;
        forwardRow(4, xRow, kernel + <usize>panel * op.kernelStride, op.kernelStride, depth, yRow + at, bias ? bias + at : 0, floor);
      }
    }
    if (!WIDE_ROWS) {
      for (; panel + 3 <= panelEnd; panel += 3) {
        const at = <usize>panel << 5;
        forwardRow(3, xRow, kernel + <usize>panel * op.kernelStride, op.kernelStride, depth, yRow + at, bias ? bias + at : 0, floor);
      }
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
      // At the edge the last row stands in for missing rows.
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

/** Takes as many inputs at a time as a mask has bits. The mask is computed once for a group of panels. */
function sparseForwardBlock(
  op: DenseForward, rowBegin: i32, rowEnd: i32, panelBegin: i32, panelEnd: i32, lastFloor: f32,
): void {
  const single = rowEnd - rowBegin == 1;
  for (let depth = 0; depth < op.inputs; depth += MASK_BITS) {
    const last = depth + MASK_BITS >= op.inputs;
    const floor = splat(last ? lastFloor : -Infinity);
    const kernel = op.kernel + (<usize>depth << 5);
    for (let row = rowBegin; row < rowEnd; row += 2) {
      const row1 = min(row + 1, rowEnd - 1);
      const x0 = op.x + (<usize>depth << 2) + <usize>row * op.xStride;
      const x1 = op.x + (<usize>depth << 2) + <usize>row1 * op.xStride;
      const mask = columnMask(x0, x1, min(MASK_BITS, op.inputs - depth));
      if (!mask && depth > 0 && !last) continue;
      let panel = panelBegin;
      for (; single && panel + 4 <= panelEnd; panel += 4) {
        const at = <usize>panel << 5;
        const weights = kernel + <usize>panel * op.kernelStride;
        const y = op.y + <usize>row * op.yStride + at;
        sparseForwardRow32(x0, mask, weights, op.kernelStride, y, depth == 0 ? op.bias + at : 0, floor);
      }
      for (; panel < panelEnd; panel += 2) {
        const at = <usize>panel << 5;
        // The last panel stands in for a missing neighbour.
        const paired: usize = panel + 1 < panelEnd ? 1 : 0;
        sparseForwardTile16(
          x0, x1, mask, kernel + <usize>panel * op.kernelStride, paired * op.kernelStride,
          op.y + <usize>row * op.yStride + at, op.y + <usize>row1 * op.yStride + at, paired << 5,
          depth == 0 ? op.bias + at : 0, floor,
        );
      }
    }
  }
}

/** dKernel[inputs, units] = x[rows, inputs]^T dy[rows, units] */
export function denseKernelGradient(op: DenseKernelGradient, rows: i32, tid: i32, threads: i32): void {
  const panels = panelCount(op.units), quads = quadCount(op.inputs);
  const sparse = panels >= SPARSE_PANELS && quadsAreSparse(op.x, op.xStride, rows, quads);
  if (panels < 2 * threads) {
    kernelGradientPart(op, rows, 0, panels, partBegin(quads, tid, threads), partBegin(quads, tid + 1, threads), sparse);
    return;
  }
  // Panels, and of the panel in which a part ends some groups of four inputs.
  const items = panels * quads;
  const begin = partBegin(items, tid, threads), end = partBegin(items, tid + 1, threads);
  const first = begin / quads, last = end / quads, skipped = begin % quads, rest = end % quads;
  if (skipped > 0) kernelGradientPart(op, rows, first, first + 1, skipped, quads, sparse);
  kernelGradientPart(op, rows, first + i32(skipped > 0), last, 0, quads, sparse);
  if (rest > 0) kernelGradientPart(op, rows, last, last + 1, 0, rest, sparse);
}

function kernelGradientPart(
  op: DenseKernelGradient, rows: i32, panelBegin: i32, panelEnd: i32, quadBegin: i32, quadEnd: i32, sparse: bool,
): void {
  if (sparse) sparseKernelGradient(op, rows, panelBegin, panelEnd, quadBegin, quadEnd);
  else plainKernelGradient(op, rows, panelBegin, panelEnd, quadBegin, quadEnd);
  if (rows > Place.PlainRows) roundSums(op, panelBegin, panelEnd, quadBegin, quadEnd);
}

/**
 * If rows lie in pages of their own, the 32 of x and 32 of dy fill a first-level TLB, with no room for dKernel. So the lines
 * of dy that a panel needs are copied side by side, to the place of the last panel, which is computed after the others.
 */
function plainKernelGradient(
  op: DenseKernelGradient, rows: i32, panelBegin: i32, panelEnd: i32, quadBegin: i32, quadEnd: i32,
): void {
  const isPaged = min(op.xStride, op.dyStride) >= PAGED_STRIDE;
  const copies = isPaged && panelEnd - panelBegin > 1 && quadEnd - quadBegin >= LINES_QUADS;
  const last = panelEnd - i32(copies);
  kernelGradientPanels(op, rows, panelBegin, last, quadBegin, quadEnd, copies);
  kernelGradientPanels(op, rows, last, panelEnd, quadBegin, quadEnd, false);
}

/** If `copies` is set, the lines of dy of each panel are copied to the place of panel `panelEnd`. */
function kernelGradientPanels(
  op: DenseKernelGradient, rows: i32, panelBegin: i32, panelEnd: i32, quadBegin: i32, quadEnd: i32, copies: bool,
): void {
  const inBlocks = rows > Place.PlainRows;
  for (let row = 0; row < rows; row += GRADIENT_ROW_BLOCK) {
    const x = op.x + <usize>row * op.xStride;
    const count = min(GRADIENT_ROW_BLOCK, rows - row);
    for (let panel = panelBegin; panel < panelEnd; panel++) {
      let dy = op.dy + <usize>row * op.dyStride + (<usize>panel << 5), dyStride = op.dyStride;
      if (copies) {
        // Computed here, not by the caller: one more variable costs the tile 5 % on Node 20.
        const copy = op.dKernel + <usize>panelEnd * op.dKernelStride + (<usize>quadBegin << 7);
        for (let at: usize = 0; at < <usize>count << 5; at += 32) {
          v128.store(copy + at, v128.load(dy)); v128.store(copy + at, v128.load(dy, 16), 16);
          dy += dyStride;
        }
        dy = copy;
        dyStride = 32;
      }
      const out = op.dKernel + <usize>panel * op.dKernelStride;
      for (let quad = quadBegin; quad < quadEnd; quad++) {
        const tile = out + (<usize>quad << 7);
        kernelGradientTile(x + (<usize>quad << 4), op.xStride, dy, dyStride, count, tile, row > 0 && !inBlocks);
        if (inBlocks) addTile(tile, sumsOf(op, tile), row > 0);
      }
    }
  }
}

/** Finds the rows in which four inputs are not all zero, once for all panels, and sums only those. */
function sparseKernelGradient(
  op: DenseKernelGradient, rows: i32, panelBegin: i32, panelEnd: i32, quadBegin: i32, quadEnd: i32,
): void {
  const inBlocks = rows > Place.PlainRows;
  const rowBlock = inBlocks ? GRADIENT_ROW_BLOCK : MASK_BITS;
  for (let row = 0; row < rows; row += rowBlock) {
    const dy = op.dy + <usize>row * op.dyStride;
    const count = min(rowBlock, rows - row);
    for (let quad = quadBegin; quad < quadEnd; quad++) {
      const x = op.x + <usize>row * op.xStride + (<usize>quad << 4);
      const mask = rowMask(x, op.xStride, count);
      if (!mask && row > 0) continue;
      const out = op.dKernel + (<usize>quad << 7);
      for (let panel = panelBegin; panel < panelEnd; panel++) {
        const tile = out + <usize>panel * op.dKernelStride;
        sparseKernelGradientTile(
          x, op.xStride, dy + (<usize>panel << 5), op.dyStride, mask, tile, row > 0 && !inBlocks,
        );
        if (inBlocks) addTile(tile, sumsOf(op, tile), row > 0);
      }
    }
  }
}

/** Address of the doubles of a tile. There is one double for each float of the gradient. */
@inline function sumsOf(op: DenseKernelGradient, tile: usize): usize {
  return op.sums + ((tile - op.dKernel) << 1);
}

/** Adds the four lines of a tile, the sum of a block of rows, to their doubles. */
function addTile(tile: usize, sums: usize, accumulate: bool): void {
  for (let at: usize = 0; at < 128; at += 16) addToDoubles(sums + (at << 1), v128.load(tile + at), accumulate);
}

/** Writes a thread's part of dKernel: the sums of all blocks, rounded to floats. */
function roundSums(op: DenseKernelGradient, panelBegin: i32, panelEnd: i32, quadBegin: i32, quadEnd: i32): void {
  for (let panel = panelBegin; panel < panelEnd; panel++) {
    const out = op.dKernel + <usize>panel * op.dKernelStride;
    const end = out + (<usize>quadEnd << 7);
    for (let at = out + (<usize>quadBegin << 7); at < end; at += 16) {
      const sums = sumsOf(op, at);
      v128.store(at, joinHalves(v128.load(sums), v128.load(sums, 16)));
    }
  }
}

/** dx[rows, inputs] = dy[rows, units] kernel[inputs, units]^T */
export function denseInputGradient(op: DenseInputGradient, rows: i32, tid: i32, threads: i32): void {
  const quads = quadCount(op.inputs);
  let quadBegin = 0, quadEnd = quads, rowBegin = 0, rowEnd = rows;
  if (quads >= 2 * threads) {
    quadBegin = partBegin(quads, tid, threads);
    quadEnd = partBegin(quads, tid + 1, threads);
  } else {
    rowBegin = partBegin(rows, tid, threads);
    rowEnd = partBegin(rows, tid + 1, threads);
  }
  for (let group = quadBegin; group < quadEnd; group += INPUT_QUADS) {
    for (let block = rowBegin; block < rowEnd; block += INPUT_ROW_BLOCK) {
      const blockEnd = min(block + INPUT_ROW_BLOCK, rowEnd);
      for (let quad = group; quad < min(group + INPUT_QUADS, quadEnd); quad++) {
        const dx = op.dx + (<usize>quad << 4);
        for (let row = block; row < blockEnd; row += 2) {
          const row1 = min(row + 1, blockEnd - 1);
          inputGradientTile(
            op.dy + <usize>row * op.dyStride, op.dy + <usize>row1 * op.dyStride,
            op.kernel + (<usize>quad << 7), op.kernelStride, op.units,
            dx + <usize>row * op.dxStride, dx + <usize>row1 * op.dxStride,
          );
        }
      }
    }
  }
  if (quadEnd == quads) {
    for (let row = rowBegin; row < rowEnd; row++) closeRow(op.dx + <usize>row * op.dxStride, op.inputs);
  }
}
