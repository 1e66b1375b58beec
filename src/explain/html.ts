/** An explanation as one HTML page that needs nothing else: light and dark, from 360 pixels up. */

import { formatCells } from "./format.js";
import { toMathML } from "./mathml.js";
import type { ExplainStep, ExplainValue } from "./scene.js";

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--page:#fff;--card:#f6f8fa;--line:#d1d9e0;--mark:#0757a8;--minus:#b3450a}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--page:#0d1117;--card:#161b22;--line:#30363d;
--mark:#6cb6ff;--minus:#f0883e}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:48rem;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1.5rem}
section{border:1px solid var(--line);border-radius:8px;margin:0 0 1rem;overflow:hidden}
h2{font-size:1rem;margin:0;padding:.6rem .9rem;background:var(--card);border-bottom:1px solid var(--line)}
h2 b{color:var(--mark);margin-right:.4rem}
.body{padding:.7rem .9rem}
.formula{font:1.15rem/1.5 "Latin Modern Math","STIX Two Math","Cambria Math",Cambria,Georgia,serif;margin:.1rem 0 .5rem;
overflow-wrap:anywhere}
.worked{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.85rem;margin:.2rem 0;
overflow-wrap:anywhere}
.value{display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .7rem;margin:.6rem 0}
.name{font-weight:600;white-space:nowrap}
.name small{font-weight:400;color:var(--soft)}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
.matrix{position:relative;display:inline-block;padding:.1rem .3rem}
.matrix::before,.matrix::after{content:"";position:absolute;top:0;bottom:0;width:.4rem;border:2px solid var(--soft)}
.matrix::before{left:0;border-right:0}
.matrix::after{right:0;border-left:0}
td{padding:.1rem .5rem;text-align:right;white-space:nowrap}
.note{color:var(--soft);font-size:.9rem;margin:.5rem 0 0}
sup{font-size:.75em;line-height:0}
math{font-size:1.15em}
figure{margin:0 0 1.5rem;overflow-x:auto}
svg{max-width:100%;height:auto;font:12px system-ui,sans-serif}
svg text{fill:var(--ink);text-anchor:middle}
svg .head{font-weight:600;font-size:14px}
circle{fill:var(--card);stroke:var(--soft)}
line.plus{stroke:var(--mark)}
line.minus{stroke:var(--minus);stroke-dasharray:5 3}
figcaption{color:var(--soft);font-size:.85rem}
figcaption .plus{color:var(--mark)}
figcaption .minus{color:var(--minus)}
section{break-inside:avoid}
@media(min-width:72rem){body{max-width:100rem}main{columns:2;column-gap:1rem}}
@media print{section{border-color:#999}}
`;

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Numbers put in: `e^(−3)` with a raised exponent. */
function workedHtml(text: string): string {
  return escapeHtml(text).replace(/\^(?:\(([^()]*)\)|([^\s()]+))/g, (_, inner, bare) => `<sup>${inner ?? bare}</sup>`);
}

function valueHtml({ symbol, name, shape, data }: ExplainValue): string {
  const rows = formatCells(shape, data).map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
  const size = shape.length === 0 ? "" : ` <small>[${shape.join(", ")}]</small>`;
  const title = name === "" ? "" : ` title="${escapeHtml(name)}"`;
  const label = `<span class="name"${title}>${escapeHtml(symbol)}${size}</span>`;
  const table = `<table>${rows.join("")}</table>`;
  const value = shape.length === 0 ? table : `<span class="matrix">${table}</span>`;
  return `<div class="value">${label}<div class="scroll">${value}</div></div>`;
}

function stepHtml({ number, title, formula, worked, results, note }: ExplainStep): string {
  return [
    `<section id="step-${number}"><h2><b>${number}</b>${escapeHtml(title)}</h2><div class="body">`,
    `<p class="formula">${toMathML(formula)}</p>`,
    ...worked.map((line) => `<p class="worked">${workedHtml(line)}</p>`),
    ...results.map(valueHtml),
    ...(note ? [`<p class="note">${escapeHtml(note)}</p>`] : []),
    "</div></section>",
  ].join("\n");
}

/** @param diagram SVG of the network, or an empty text */
export function toHtml(title: string, steps: readonly ExplainStep[], diagram: string): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    ...(diagram ? [diagram] : []),
    "<main>",
    ...steps.map(stepHtml),
    "</main></body></html>",
    "",
  ].join("\n");
}
