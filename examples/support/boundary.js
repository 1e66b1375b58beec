// @ts-check
/** Decision boundaries as SVG: what a classifier says of each place in a plane, and the points it was trained on. */

/** Blue, vermilion, green, purple, yellow: pale for regions, strong for points; on light and dark pages. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#8e3a9d", "#c9a400"];
const PANEL = 420;
const GAP = 30;
const HEADER = 66;
const DOT = 2.4;

/**
 * @typedef {object} BoundaryPanel
 * @property {string} title
 * @property {number} limit the plane goes from −limit to limit in both directions
 * @property {number} side cells in a row
 * @property {ArrayLike<number>} labels class of each cell, row by row from the top left
 * @property {{ x: ArrayLike<number>, y: ArrayLike<number> }} points rows of two numbers, and their classes
 */

/**
 * Centres of the cells of a grid, row by row from the top left, as rows for `predict`.
 * @param {number} side
 * @param {number} limit
 */
export function gridRows(side, limit) {
  const at = (/** @type {number} */ i) => limit * ((2 * i + 1) / side - 1);
  return Float32Array.from({ length: 2 * side * side }, (_, i) => {
    const cell = i >> 1;
    return i % 2 === 0 ? at(cell % side) : -at(Math.floor(cell / side));
  });
}

/**
 * @param {{ title: string, panels: BoundaryPanel[] }} options
 * @returns {string} an SVG document
 */
export function boundaryChart({ title, panels }) {
  const width = GAP + panels.length * (PANEL + GAP);
  const height = HEADER + PANEL + 34;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
      ` role="img" aria-label="${title}">`,
    `<style>${style()}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text class="title" x="${GAP}" y="32">${title}</text>`,
    ...panels.map((panel, i) => {
      const at = `translate(${GAP + i * (PANEL + GAP)} ${HEADER})`;
      return `<g transform="${at}">${drawPanel(panel)}</g>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

function style() {
  const classes = COLOURS.map((colour, i) => `.c${i}{fill:${colour}}`).join("");
  return [
    "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#24292f}",
    `.title{font-size:18px;font-weight:600}.page{fill:#fff}${classes}.regions{opacity:.3}`,
    ".points circle{stroke:#fff;stroke-width:.5}",
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.regions{opacity:.45}",
    ".points circle{stroke:#0d1117}}",
  ].join("");
}

/** @param {BoundaryPanel} panel */
function drawPanel({ title, limit, side, labels, points }) {
  const place = (/** @type {number} */ value) => Math.round(((value / limit + 1) / 2) * PANEL * 10) / 10;
  const dots = Array.from(points.y, (label, row) => {
    const [x, y] = [place(points.x[2 * row]), place(-points.x[2 * row + 1])];
    return `<circle class="c${label}" cx="${x}" cy="${y}" r="${DOT}"/>`;
  });
  return [
    `<text y="-10">${title}</text>`,
    `<g class="regions" shape-rendering="crispEdges">${regions(side, labels)}</g>`,
    `<g class="points">${dots.join("")}</g>`,
  ].join("\n");
}

/**
 * One rectangle for each stretch of equal cells in a row.
 * @param {number} side
 * @param {ArrayLike<number>} labels
 */
function regions(side, labels) {
  const cell = PANEL / side;
  const rectangles = [];
  for (let row = 0; row < side; row++) {
    for (let begin = 0, end = 0; begin < side; begin = end) {
      const label = labels[row * side + begin];
      while (end < side && labels[row * side + end] === label) end++;
      const box = `x="${begin * cell}" y="${row * cell}" width="${(end - begin) * cell}" height="${cell}"`;
      rectangles.push(`<rect class="c${label}" ${box}/>`);
    }
  }
  return rectangles.join("");
}
