/**
 * Colours and styles of pictures, for light and dark pages. Plain rules without variables, because converters
 * outside browsers do not support them; the class of the root confines each rule to the picture.
 */

export const themeNames = ["auto", "light", "dark"] as const;

/** Page background that a picture is for; `auto` follows the reader's setting. */
export type Theme = (typeof themeNames)[number];

interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly zero: string;
  /** Colours of series and classes, of different lightness, so that most colour-blind readers can tell them apart. */
  readonly series: readonly string[];
}

const palettes: Record<"light" | "dark", Palette> = {
  light: {
    page: "#ffffff",
    ink: "#24292f",
    soft: "#57606a",
    grid: "#d8dee4",
    zero: "#8c959f",
    series: ["#005c99", "#d95f02", "#1b7f5f", "#8e3a9d", "#7a6200", "#c2255c"],
  },
  dark: {
    page: "#0d1117",
    ink: "#e6edf3",
    soft: "#9da7b3",
    grid: "#2d333b",
    zero: "#768390",
    series: ["#4aa8e8", "#ff9d57", "#4fe0b4", "#d7a3ee", "#e3c34c", "#ff8fae"],
  },
};

/** Number of colours before they repeat. */
const SERIES_COLORS = palettes.light.series.length;

const DASHES = ["", "7 4", "2 3", "10 3 2 3", "14 4"];

/** Line patterns, so that lines can be told apart without colours. */
export function dashOf(index: number): string | undefined {
  return DASHES[index % DASHES.length] || undefined;
}

/** The class that strokes (`s`) or fills (`f`) with the colour of a series. */
export function colorClass(kind: "s" | "f", index: number): string {
  return `${kind}${index % SERIES_COLORS}`;
}

const SHAPES = [
  "text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}",
  ".title{font-size:18px;font-weight:600}.name{font-weight:600}.tick{font-size:12px}",
  ".line{fill:none;stroke-width:2;stroke-linejoin:round}.edge{fill:none;stroke-linecap:round}",
  ".middle{text-anchor:middle}.end{text-anchor:end}",
];

function colors({ page, ink, soft, grid, zero, series }: Palette): string[] {
  return [
    `text{fill:${ink}}.tick,.soft{fill:${soft}}.page,.onDark{fill:${page}}`,
    `.grid{stroke:${grid}}.zero{stroke:${zero}}.guide{stroke:${zero};stroke-dasharray:4 4}.ring{stroke:${page}}`,
    `.ink{stroke:${ink}}.frame{fill:none;stroke:${grid}}.empty{fill:${grid}}`,
    ...series.map((color, i) => `.s${i}{stroke:${color}}.f${i}{fill:${color}}`),
  ];
}

function rulesOf(theme: Theme, blocks: readonly string[]): string {
  return blocks.join("").replace(/([^{}]+)(?=\{)/g, (selectors) =>
    selectors
      .split(",")
      .map((selector) => `.simdgrad-${theme} ${selector}`)
      .join(","),
  );
}

/** The style sheet of one picture. */
export function styleSheet(theme: Theme): string {
  const base = rulesOf(theme, [...SHAPES, ...colors(palettes[theme === "dark" ? "dark" : "light"])]);
  if (theme !== "auto") return base;
  return `${base}@media(prefers-color-scheme:dark){${rulesOf(theme, colors(palettes.dark))}}`;
}
