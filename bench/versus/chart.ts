/** The comparison as an SVG: a panel per task, a bar per library, longer is faster, on a log scale. Light and dark. */
import type { Host } from "../host.js";
import type { Standing } from "./contest.js";
import type { Outcome } from "./report.js";
import type { Rival } from "./rivals.js";
import type { Task } from "./tasks.js";

const WIDTH = 1040;
const MARGIN = 24;
const GAP = 40;
const PANEL = (WIDTH - 2 * MARGIN - GAP) / 2;
const LABEL = 196;
const VALUE = 92;
const BARS = PANEL - LABEL - VALUE;
const ROW = 22;
const BAR = 14;
/** Space above the first panel, and above the bars of each. */
const HEADER = 88;
const TITLE = 48;
const BELOW = 34;

/** Colours written out twice, because few renderers support variables. The halo keeps grid lines out of the figures. */
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
  .title { font-size: 20px; font-weight: 600; } .panel { font-size: 15px; font-weight: 600; }
  .tick { font-size: 11px; text-anchor: middle; } .label { text-anchor: end; } .strong { font-weight: 600; }
  .figure { paint-order: stroke; stroke-width: 5px; stroke-linejoin: round; }
  .paper { fill: #ffffff; } .figure { stroke: #ffffff; } text { fill: #1f2328; } .soft, .tick { fill: #59636e; }
  .grid { stroke: #d8dee4; } .ours { fill: #0969da; } .javascript { fill: #9aa4af; } .native { fill: #c99a2e; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; } .figure { stroke: #0d1117; } text { fill: #e6edf3; } .soft, .tick { fill: #9198a1; }
    .grid { stroke: #30363d; } .ours { fill: #4493f8; } .javascript { fill: #656c76; } .native { fill: #bb8009; }
  }`;

const LEGEND: readonly (readonly [Rival["kind"], string])[] = [
  ["ours", "simdgrad"],
  ["javascript", "JavaScript or WebAssembly"],
  ["native", "native code"],
];

const PREFIXES = [
  [1e9, " G"],
  [1e6, " M"],
  [1e3, " k"],
] as const;

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function text(x: number, y: number, name: string, content: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${name}">${escapeText(content)}</text>`;
}

/** 10 000 is "10 k". */
function power(exponent: number): string {
  const value = 10 ** exponent;
  const [scale, prefix] = PREFIXES.find(([size]) => value >= size) ?? [1, ""];
  return `${value / scale}${prefix}`;
}

interface Bar {
  rival: Rival;
  /** Rows per second. */
  rate: number;
  label: string;
}

function barsOf({ task, standings }: Outcome): { bars: Bar[]; failed: Standing[] } {
  const bars = standings.flatMap(({ rival, result }) => {
    if (result.kind !== "figure") return [];
    const label = `${task.format(result.seconds)} ${shortUnit(task)}`.trim();
    return [{ rival, rate: task.batch / result.seconds, label }];
  });
  const failed = standings.filter(({ result }) => result.kind === "failed");
  return { bars: bars.toSorted((a, b) => b.rate - a.rate), failed };
}

/** Drops the unit "samples/s", which the axis shows. */
function shortUnit({ unit }: Task): string {
  return unit === "samples/s" ? "" : unit.split(" ")[0];
}

function panelHeight(outcome: Outcome): number {
  const { bars, failed } = barsOf(outcome);
  return TITLE + (bars.length + failed.length) * ROW + BELOW;
}

function drawPanel(outcome: Outcome, left: number, top: number): string[] {
  const { task } = outcome;
  const { bars, failed } = barsOf(outcome);
  const unit = task.unit === "samples/s" ? "samples per second" : `figures: ${task.unit}; bars: samples per second`;
  const out = [text(left, top + 16, "panel", task.name), text(left, top + 35, "soft", unit)];
  if (bars.length === 0) return out;
  const rates = bars.map(({ rate }) => Math.log10(rate));
  const first = Math.floor(Math.min(...rates) - 0.3);
  const last = Math.ceil(Math.max(...rates));
  const start = left + LABEL;
  const x = (exponent: number) => start + ((exponent - first) / (last - first)) * BARS;
  const bottom = top + TITLE + (bars.length + failed.length) * ROW;
  for (let exponent = first; exponent <= last; exponent++) {
    const at = x(exponent).toFixed(1);
    out.push(`<line x1="${at}" x2="${at}" y1="${top + TITLE}" y2="${bottom}" class="grid"/>`);
    const isCrowded = last - first > 4 && (last - exponent) % 2 === 1;
    if (!isCrowded) out.push(text(x(exponent), bottom + 15, "tick", power(exponent)));
  }
  bars.forEach(({ rival, rate, label }, i) => {
    const y = top + TITLE + i * ROW;
    const end = x(Math.log10(rate));
    const weight = rival.kind === "ours" ? " strong" : "";
    out.push(text(start - 8, y + 15, `label${weight}`, rival.name));
    const size = `width="${(end - start).toFixed(1)}" height="${BAR}"`;
    out.push(`<rect x="${start}" y="${y + (ROW - BAR) / 2}" ${size} rx="2" class="${rival.kind}"/>`);
    out.push(text(end + 6, y + 15, `figure${weight}`, label));
  });
  failed.forEach(({ rival }, i) => {
    const y = top + TITLE + (bars.length + i) * ROW;
    out.push(text(start - 8, y + 15, "label", rival.name), text(start + 6, y + 15, "soft", "failed"));
  });
  return out;
}

function drawLegend(): string[] {
  let x = MARGIN;
  return LEGEND.flatMap(([kind, name]) => {
    const at = x;
    x += 40 + 7 * name.length;
    return [`<rect x="${at}" y="53" width="12" height="12" rx="2" class="${kind}"/>`, text(at + 18, 64, "soft", name)];
  });
}

export function drawChart(outcomes: readonly Outcome[], { cpu, node, date }: Host): string {
  const parts: string[] = [];
  let top = HEADER;
  for (let i = 0; i < outcomes.length; i += 2) {
    const pair = outcomes.slice(i, i + 2);
    pair.forEach((outcome, column) => {
      parts.push(...drawPanel(outcome, MARGIN + column * (PANEL + GAP), top));
    });
    top += Math.max(...pair.map(panelHeight));
  }
  const size = `width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title">`,
    `<title id="title">Samples per second of each library at each task, on a log scale</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect width="${WIDTH}" height="${top}" class="paper"/>`,
    text(MARGIN, 34, "title", "Samples per second: longer is faster, each grid line is ten times the one before"),
    text(WIDTH - MARGIN, 64, "soft label", `${cpu}, Node ${node}, ${date.slice(0, 10)}`),
    ...drawLegend(),
    ...parts,
    "</svg>\n",
  ].join("\n");
}
