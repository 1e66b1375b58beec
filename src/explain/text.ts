/** An explanation as text for terminals, and as Markdown. */

import { alignColumns } from "../base/text.js";
import { formatCells } from "./format.js";
import type { ExplainStep, ExplainValue } from "./scene.js";

function shapeOf({ shape }: ExplainValue): string {
  return shape.length === 0 ? "" : ` [${shape.join(", ")}]`;
}

/** `z₁ [1, 2] = 3  3`, the rows of a matrix under each other. */
function valueLines(value: ExplainValue): string[] {
  const head = `${value.symbol}${shapeOf(value)} = `;
  const rows = alignColumns(formatCells(value.shape, value.data), { isRight: () => true }).lines;
  return rows.map((row, i) => (i === 0 ? head : " ".repeat(head.length)) + row);
}

/** Breaks a line at spaces so that none is longer than `width`. */
function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(" ", width);
    if (at <= 0) break;
    lines.push(rest.slice(0, at));
    rest = `    ${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}

const WIDTH = 100;

function stepText({ number, title, formula, worked, results, note }: ExplainStep): string {
  const body = [formula, ...worked, ...results.flatMap(valueLines), ...(note ? [note] : [])];
  const lines = body.flatMap((line) => wrap(line, WIDTH - 4)).map((line) => `    ${line}`);
  return [`${String(number).padStart(2)}. ${title}`, ...lines].join("\n");
}

export function toText(title: string, steps: readonly ExplainStep[]): string {
  return `${[title, ...steps.map(stepText)].join("\n\n")}\n`;
}

function stepMarkdown({ number, title, formula, worked, results, note }: ExplainStep): string {
  const block = [...worked, ...results.flatMap(valueLines)];
  const parts = [`## ${number}. ${title}`, `\`${formula}\``, ["```text", ...block, "```"].join("\n")];
  return [...parts, ...(note ? [note] : [])].join("\n\n");
}

export function toMarkdown(title: string, steps: readonly ExplainStep[]): string {
  return `${[`# ${title}`, ...steps.map(stepMarkdown)].join("\n\n")}\n`;
}
