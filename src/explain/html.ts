/** An explanation as one HTML page that needs nothing else: light and dark, from 360 pixels up. */

import { formatCells } from "./format.js";
import type { ExplainStep, ExplainValue } from "./steps.js";

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--page:#fff;--card:#f6f8fa;--line:#d1d9e0;--mark:#0757a8}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--page:#0d1117;--card:#161b22;--line:#30363d;
--mark:#6cb6ff}}
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
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;border-left:2px solid var(--soft);
border-right:2px solid var(--soft);border-radius:5px}
td{padding:.1rem .5rem;text-align:right;white-space:nowrap}
.note{color:var(--soft);font-size:.9rem;margin:.5rem 0 0}
sup{font-size:.75em;line-height:0}
`;

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** `e^(−z₁)` with a raised exponent. */
function mathHtml(text: string): string {
  return escapeHtml(text).replace(/\^(?:\(([^()]*)\)|([^\s()]+))/g, (_, inner, bare) => `<sup>${inner ?? bare}</sup>`);
}

function valueHtml({ symbol, name, shape, data }: ExplainValue): string {
  const rows = formatCells(shape, data).map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
  const size = shape.length === 0 ? "" : ` <small>[${shape.join(", ")}]</small>`;
  const title = name === "" ? "" : ` title="${escapeHtml(name)}"`;
  const label = `<span class="name"${title}>${escapeHtml(symbol)}${size}</span>`;
  return `<div class="value">${label}<div class="scroll"><table>${rows.join("")}</table></div></div>`;
}

function stepHtml({ number, title, formula, worked, results, note }: ExplainStep): string {
  return [
    `<section id="step-${number}"><h2><b>${number}</b>${escapeHtml(title)}</h2><div class="body">`,
    `<p class="formula">${mathHtml(formula)}</p>`,
    ...worked.map((line) => `<p class="worked">${mathHtml(line)}</p>`),
    ...results.map(valueHtml),
    ...(note ? [`<p class="note">${escapeHtml(note)}</p>`] : []),
    "</div></section>",
  ].join("\n");
}

export function toHtml(title: string, steps: readonly ExplainStep[]): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    ...steps.map(stepHtml),
    "</body></html>",
    "",
  ].join("\n");
}
