/** Tables without boxes: a heading, a rule, aligned columns. */
import Table from "cli-table3";
import type { Colors } from "./terminal.js";

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many of the last rows stand under a second rule. @default 0 */
  readonly footerRows?: number;
  /** Spaces between columns. @default 3 */
  readonly gap?: number;
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  right: "",
  "right-mid": "",
  mid: "─",
};

/** The lines of a table; all columns but the first are aligned right. Cells may be coloured. */
export function table(colors: Colors, { head, rows, footerRows = 0, gap = 3 }: TableOptions): string[] {
  const grid = new Table({
    head: head.map((cell) => colors.dim(cell)),
    colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
    chars: { ...noBorders, middle: " ".repeat(gap), "mid-mid": "─".repeat(gap) },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) grid.push([...row]);
  const [heading, rule, ...body] = grid.toString().split("\n");
  const dimRule = colors.dim(rule);
  if (footerRows > 0) body.splice(body.length - footerRows, 0, dimRule);
  return [heading, dimRule, ...body];
}
