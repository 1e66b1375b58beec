// @ts-check
/** Line charts as SVG text: axes, ticks, one legend for all panels, and colours for light and dark pages. */

/**
 * @typedef {object} Axis
 * @property {string} [label]
 * @property {number} [min] by default the least value of the data, rounded down to a tick
 * @property {number} [max]
 * @property {boolean} [log] decades instead of equal steps; values must be positive
 *
 * @typedef {object} Series
 * @property {string} name series of one name share a colour and a place in the legend
 * @property {ArrayLike<readonly [number, number]>} points a NaN breaks the line
 * @property {boolean} [dashed]
 *
 * @typedef {object} Panel
 * @property {string} [title]
 * @property {Axis} [x]
 * @property {Axis} [y]
 * @property {Series[]} series
 */

const PLOT_MARGIN = { left: 58, right: 24, top: 30, bottom: 46 };
const HEADER = 76;
const CHARACTER_WIDTH = 7.4;
/** Blue, vermilion, green, purple: of different lightness, so that most colour-blind readers can tell them apart. */
const STROKES = [
  { light: "#005c99", dark: "#4aa8e8" },
  { light: "#d95f02", dark: "#ff9d57" },
  { light: "#1b9e77", dark: "#4fe0b4" },
  { light: "#8e3a9d", dark: "#d7a3ee" },
];

/**
 * @param {{ title: string, panels: Panel[], columns?: number, panelWidth?: number, panelHeight?: number }} options
 * @returns {string} an SVG document
 */
export function lineChart({ title, panels, columns = 1, panelWidth = 720, panelHeight = 380 }) {
  const all = panels.flatMap(({ series }) => series);
  const names = [...new Set(all.map(({ name }) => name))];
  const dashed = new Set(all.filter((one) => one.dashed).map(({ name }) => name));
  if (names.length > STROKES.length) throw new RangeError(`lineChart: at most ${STROKES.length} names of series`);
  const width = columns * panelWidth;
  const height = HEADER + Math.ceil(panels.length / columns) * panelHeight;
  const drawn = panels.map((panel, i) => {
    const at = `translate(${(i % columns) * panelWidth} ${HEADER + Math.floor(i / columns) * panelHeight})`;
    return `<g transform="${at}">${drawPanel(panel, names, panelWidth, panelHeight)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
      ` role="img" aria-label="${escapeText(title)}">`,
    `<style>${style()}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text class="title" x="${PLOT_MARGIN.left}" y="34">${escapeText(title)}</text>`,
    drawLegend(names, dashed),
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function style() {
  const colours = (/** @type {"light" | "dark"} */ mode) => {
    return STROKES.map((stroke, i) => `.s${i}{stroke:${stroke[mode]}}`).join("");
  };
  return [
    "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#24292f}",
    ".title{font-size:18px;font-weight:600}.name{font-weight:600}.tick{font-size:12px;fill:#57606a}",
    ".page{fill:#fff}.grid{stroke:#d8dee4}.zero{stroke:#8c959f}.line{fill:none;stroke-width:2;stroke-linejoin:round}",
    `${colours("light")}.dashed{stroke-dasharray:7 4}`,
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.tick{fill:#9da7b3}.page{fill:#0d1117}",
    `.grid{stroke:#2d333b}.zero{stroke:#768390}${colours("dark")}}`,
  ].join("");
}

/**
 * @param {string[]} names
 * @param {Set<string>} dashed
 */
function drawLegend(names, dashed) {
  let x = PLOT_MARGIN.left;
  return names
    .map((name, i) => {
      const sample = `<line class="line s${i}${dashed.has(name) ? " dashed" : ""}" x1="${x}" x2="${x + 30}" y1="57" y2="57"/>`;
      const label = `<text x="${x + 38}" y="61">${escapeText(name)}</text>`;
      x += 38 + name.length * CHARACTER_WIDTH + 22;
      return sample + label;
    })
    .join("");
}

/**
 * @param {Panel} panel
 * @param {string[]} names
 * @param {number} width
 * @param {number} height
 */
function drawPanel({ title, x: xAxis = {}, y: yAxis = {}, series }, names, width, height) {
  const points = series.flatMap((one) => Array.from(one.points)).filter((point) => point.every(Number.isFinite));
  const left = PLOT_MARGIN.left;
  const right = width - PLOT_MARGIN.right;
  const top = PLOT_MARGIN.top;
  const bottom = height - PLOT_MARGIN.bottom;
  const x = scale(
    xAxis,
    points.map(([value]) => value),
    left,
    right,
  );
  const y = scale(
    yAxis,
    points.map(([, value]) => value),
    bottom,
    top,
  );
  const parts = [];
  for (const tick of x.ticks) {
    const at = round(x.place(tick));
    const kind = tick === 0 ? "zero" : "grid";
    parts.push(`<line class="${kind}" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 17}" text-anchor="middle">${tickText(tick)}</text>`);
  }
  for (const tick of y.ticks) {
    const at = round(y.place(tick));
    const kind = tick === 0 ? "zero" : "grid";
    parts.push(`<line class="${kind}" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>`);
    parts.push(`<text class="tick" x="${left - 8}" y="${at + 4}" text-anchor="end">${tickText(tick)}</text>`);
  }
  for (const one of series) {
    const kind = `line s${names.indexOf(one.name)}${one.dashed ? " dashed" : ""}`;
    parts.push(`<path class="${kind}" d="${path(one.points, x.place, y.place)}"/>`);
  }
  if (title) parts.push(`<text class="name" x="${left}" y="${top - 11}">${escapeText(title)}</text>`);
  if (xAxis.label) {
    parts.push(
      `<text x="${(left + right) / 2}" y="${bottom + 37}" text-anchor="middle">${escapeText(xAxis.label)}</text>`,
    );
  }
  if (yAxis.label) {
    const middle = (top + bottom) / 2;
    parts.push(
      `<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escapeText(yAxis.label)}</text>`,
    );
  }
  return parts.join("\n");
}

/**
 * @param {Series["points"]} points
 * @param {(value: number) => number} placeX
 * @param {(value: number) => number} placeY
 */
function path(points, placeX, placeY) {
  let isOpen = false;
  return Array.from(points, ([x, y]) => {
    const isDrawn = Number.isFinite(x) && Number.isFinite(y);
    const command = isDrawn ? `${isOpen ? "L" : "M"}${round(placeX(x))} ${round(placeY(y))}` : "";
    isOpen = isDrawn;
    return command;
  }).join("");
}

/**
 * Ticks of an axis, and where on the picture a value lies.
 * @param {Axis} axis
 * @param {number[]} values
 * @param {number} from
 * @param {number} to
 */
function scale(axis, values, from, to) {
  const { min = Math.min(...values), max = Math.max(...values), log = false } = axis;
  const all = log ? logTicks(min, max) : linearTicks(min, max);
  const [low, high] = [Math.min(min, all[0]), Math.max(max, all[all.length - 1])];
  const isCrowded = log && all.length > 10;
  const ticks = isCrowded ? all.filter((tick) => Number.isInteger(Math.log10(tick))) : all;
  const of = log ? Math.log10 : (/** @type {number} */ value) => value;
  const place = (/** @type {number} */ value) => from + ((of(value) - of(low)) / (of(high) - of(low))) * (to - from);
  return { ticks, place };
}

/**
 * Multiples of 1, 2 or 5 times a power of ten that enclose the range: about six.
 * @param {number} min
 * @param {number} max
 */
function linearTicks(min, max) {
  const rough = (max - min || 1) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
  const ticks = [];
  for (let i = Math.floor(min / step + 1e-9); i <= Math.ceil(max / step - 1e-9); i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * 1, 2 and 5 in each decade, as far as they enclose the range.
 * @param {number} min
 * @param {number} max
 */
function logTicks(min, max) {
  const ticks = [];
  for (let decade = Math.floor(Math.log10(min) + 1e-9); decade <= Math.ceil(Math.log10(max) - 1e-9); decade++) {
    for (const digit of [1, 2, 5]) ticks.push(Number((digit * 10 ** decade).toPrecision(6)));
  }
  const first = ticks.findLastIndex((tick) => tick <= min * (1 + 1e-9));
  const last = ticks.findIndex((tick) => tick >= max * (1 - 1e-9));
  return ticks.slice(Math.max(first, 0), last < 0 ? ticks.length : last + 1);
}

/** @param {number} value */
function tickText(value) {
  // U+2212 is the minus sign, U+2009 a thin space.
  return String(value)
    .replace("-", "\u2212")
    .replace(/\B(?=(\d{3})+$)/g, value >= 10_000 ? "\u2009" : "");
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** @param {string} text */
function escapeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
