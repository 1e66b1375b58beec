/** HTML as text: escaped words, numbers that can be read back, tables, and the page around them. Knows no models. */
import { show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { plainNumber } from "../plot/scale.js";
import { element, escapeText } from "../plot/svg.js";
import type { Theme } from "../plot/theme.js";

/** A cell of a table: words and numbers become text; HTML stands as it is. */
export type Cell = string | number | null | { readonly html: string; readonly isNumber?: boolean };

/** Signs that turn the order of what follows around, so that a text looks like another. */
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text with every sign to be seen. */
export const visible = (text: string): string => text.replace(TURNING, "\ufffd");

/** Escaped text. */
export const words = (text: string): string => escapeText(visible(text));

/** HTML that is complete, so that it is not escaped again. */
export const html = (text: string): Cell => ({ html: text });

const signed = (value: number, size: string) => (value < 0 ? "\u2212" : "") + size;

/** A number as people read it: whole, or with four decimals near 1, else with about six digits. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (!(size < 1e12)) return plainNumber(Number(value.toPrecision(6)));
  if (Number.isInteger(value) || size >= 10) {
    const decimals = Math.max(0, Math.min(2, 5 - String(Math.floor(size)).length));
    const [whole, rest] = (Number.isInteger(value) ? String(size) : size.toFixed(decimals)).split(".");
    return signed(value, whole.replace(/\B(?=(?:\d{3})+$)/g, ",") + (rest === undefined ? "" : `.${rest}`));
  }
  return size >= 1e-3 ? signed(value, size.toFixed(4)) : plainNumber(Number(value.toPrecision(3)));
}

/** A number with its exact value next to it, for programs that read the page. */
export const data = (value: number, text: string = numberText(value)): string =>
  element("data", { value: String(value) }, text);

/** A score or a share: always four decimals, so that columns are aligned. */
export const score = (value: number): Cell => ({
  html: data(value, signed(value, Math.abs(value).toFixed(4))),
  isNumber: true,
});

/** A number as it was given, without rounding. */
export const exact = (value: number): Cell => ({ html: data(value, plainNumber(value)), isNumber: true });

const LONGEST = 200;

/** Words of any length; the rest of very long ones is cut off. */
export function cut(text: string, most = LONGEST): string {
  const signs = Array.from(text);
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : text;
}

/** Escaped words, or a number. */
export function inline(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "number") return data(cell);
  return typeof cell === "string" ? words(cut(cell)) : cell.html;
}

/** A cell of a table that was read, as words. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return Number.isNaN(cell) ? "–" : String(cell);
  if (kindOf(cell) !== "Date") return show(cell);
  return Number.isNaN(Number(cell)) ? "no date" : (cell as Date).toISOString();
}

function isNumber(cell: Cell): boolean {
  return typeof cell === "number" || (typeof cell === "object" && cell?.isNumber === true);
}

/** Tables of more columns are printed small, on a page that is wide. */
const WIDE = 10;

/** A table that scrolls by itself where the page is narrow. The first column names the row. */
export function table(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumeric = head.map((_, column) => {
    const cells = rows.map((row) => row[column]);
    return cells.some(isNumber) && cells.every((cell) => cell === null || isNumber(cell));
  });
  const look = (column: number) => ({ class: isNumeric[column] ? "number" : undefined });
  const headings = head.map((title, i) => element("th", { scope: "col", ...look(i) }, words(title)));
  const body = rows.map((row) => {
    const [first, ...rest] = row.map(inline);
    const cells = rest.map((cell, i) => element("td", look(i + 1), cell));
    return element("tr", {}, element("th", { scope: "row", ...look(0) }, first), ...cells);
  });
  const whole = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...headings)),
    element("tbody", {}, body.join("\n")),
  );
  return element(
    "div",
    { class: head.length > WIDE ? "scroll wide" : "scroll", role: "region", tabindex: 0, "aria-label": name },
    whole,
  );
}

export const paragraph = (text: string): string => element("p", {}, text);

/** A part of the page with its heading; without contents, nothing. */
export function section(id: string, title: string, ...contents: readonly string[]): string {
  if (contents.every((part) => part === "")) return "";
  const heading = element("h2", { id }, words(title));
  return element("section", {}, heading, "\n", contents.filter(Boolean).join("\n"));
}

/** A smaller part. */
export function part(title: string, ...contents: readonly string[]): string {
  return element("div", { class: "part" }, element("h3", {}, words(title)), ...contents);
}

/** Pictures side by side where there is room. */
export function pictures(...svgs: readonly string[]): string {
  const figures = svgs.filter(Boolean).map((svg) => element("figure", {}, svg.trim()));
  return figures.length === 0 ? "" : element("div", { class: "pictures" }, ...figures);
}

const COLORS: Record<"light" | "dark", string> = {
  light: "--ink:#24292f;--soft:#57606a;--page:#fff;--card:#f6f8fa;--line:#d0d7de;--mark:#005c99;--own:#ddf0ff",
  dark: "--ink:#e6edf3;--soft:#9da7b3;--page:#0d1117;--card:#161b22;--line:#30363d;--mark:#4aa8e8;--own:#12304a",
};

function colorsOf(theme: Theme): string {
  const rule = (name: "light" | "dark") => `:root{color-scheme:${name};${COLORS[name]}}`;
  if (theme !== "auto") return rule(theme);
  return `${rule("light")}@media screen and (prefers-color-scheme:dark){${rule("dark")}}`;
}

const STYLE = `
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:68rem;background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.25;margin:.3rem 0}
h2{font-size:1.3rem;margin:2.6rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .5rem}
p{margin:.5rem 0;max-width:44rem}
.soft{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.2rem 0;padding:0}
.tiles div{flex:1 1 8rem;padding:.6rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:8px}
.tiles dt{font-size:.85rem;color:var(--soft)}
.tiles dd{margin:0;font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;max-width:100%;margin:.6rem 0}
.scroll:focus-visible{outline:2px solid var(--mark)}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;
unicode-bidi:isolate;overflow-wrap:break-word;max-width:24rem}
th{font-weight:600}thead th{color:var(--soft);overflow-wrap:normal;vertical-align:bottom}
tbody th{min-width:6rem}
.number{text-align:right;min-width:0}td.number,tbody .number{white-space:nowrap}
.own{background:var(--own);border-radius:4px;padding:0 .3rem}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,23rem),1fr));gap:1rem;margin:.8rem 0}
figure{margin:0;border:1px solid var(--line);border-radius:8px;overflow:hidden;text-align:center}
figure svg{max-width:100%;height:auto;display:block;margin:0 auto}
.bars{display:grid;grid-template-columns:fit-content(45%) minmax(4rem,1fr) auto;gap:.3rem .8rem;
align-items:center;font-size:.9rem;margin:.8rem 0;padding:0}
.bars div{display:contents}.bars dt,.bars dd{margin:0;unicode-bidi:isolate}
.bars .value{text-align:right;font-variant-numeric:tabular-nums}
.bars svg{display:block;width:100%;height:.8rem}.bars rect{fill:var(--mark)}
.card{display:grid;grid-template-columns:minmax(7rem,14rem) 1fr;gap:.35rem 1rem;font-size:.9rem;margin:.8rem 0}
.card dt{color:var(--soft)}.card dd{margin:0;unicode-bidi:isolate;white-space:pre-wrap}
code{font:.85em ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media(max-width:30rem){.card{grid-template-columns:1fr;gap:0}.card dd{margin-bottom:.6rem}}
@page wide{size:landscape}
@media print{body{max-width:none;padding:0;font-size:11pt}.scroll{overflow:visible}
table{font-size:8pt}th,td{padding:.2rem .35rem;overflow-wrap:anywhere}thead th{overflow-wrap:anywhere}
tbody th,.number{min-width:0}.wide{page:wide}.wide table{font-size:7pt}.wide th,.wide td{padding:.15rem .25rem}
section{break-before:auto}
h2,h3{break-after:avoid}figure,tr,.tiles div{break-inside:avoid}.tiles div,figure{border-color:#999}}
`;

/** The page. `contents` is HTML. */
export function page(title: string, theme: Theme, contents: readonly string[]): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>`,
    `<meta name="generator" content="simdgrad"/>`,
    `<title>${words(title)}</title><style>${colorsOf(theme)}${STYLE}</style></head><body><main>`,
    ...contents.filter((each) => each !== ""),
    "</main></body></html>",
    "",
  ].join("\n");
}
