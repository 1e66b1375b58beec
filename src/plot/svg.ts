/** SVG as text: elements, escaped words, rounded numbers, and the document around them. Knows nothing about data. */
import { checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { styleSheet, type Theme, themeNames } from "./theme.js";

/** Attributes of an element; `undefined` ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its children, which are SVG text already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeText(String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** Words at a place; the class says how they look. */
export function words(content: string, x: number, y: number, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeText(content));
}

/** Two decimals: a hundredth of a pixel is seen by no one. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Text that is safe between tags and in attributes; control characters, which XML forbids, become spaces. */
export function escapeText(text: string): string {
  return Array.from(text, (char) => ((char.codePointAt(0) ?? 0) < 32 ? " " : char))
    .join("")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

/** Pixels that a text takes up, about: fonts differ, so leave some room. */
export function textWidth(text: string, fontSize = 13): number {
  return Array.from(text).length * fontSize * 0.57;
}

/** Options of every picture. */
export interface PictureOptions {
  /** Heading, and the name that screen readers say. */
  title?: string;
  /** What screen readers say further. @default what the picture shows, in words and numbers */
  description?: string;
  /** Colours for light or dark pages; `auto` follows the reader's setting. @default "auto" */
  theme?: Theme;
  /** Pixels; the picture scales with its place on the page. */
  width?: number;
  /** Pixels. */
  height?: number;
}

const PICTURE_KEYS = ["title", "description", "theme", "width", "height"];

/** Refuses unknown and wrong options. @throws OptionError with the nearest known name. */
export function checkPicture(where: string, options: PictureOptions, others: readonly string[]): void {
  checkKeys(where, options, [...others, ...PICTURE_KEYS]);
  const { title, description, theme, width, height } = options;
  for (const [name, text] of [["title", title] as const, ["description", description] as const]) {
    if (text !== undefined && typeof text !== "string") {
      throw new OptionError(`${where}: ${name}: expected text, got ${show(text)}.`);
    }
  }
  if (theme !== undefined) checkName(`${where}: theme`, theme, themeNames);
  for (const [name, size] of [["width", width] as const, ["height", height] as const]) {
    if (size !== undefined) checkNumber(`${where}: ${name}`, size, { min: 120, max: 10_000 });
  }
}

/** The whole picture. */
export interface DocumentParts {
  readonly title: string;
  readonly description: string;
  readonly theme: Theme | undefined;
  readonly width: number;
  readonly height: number;
  readonly body: readonly string[];
}

/** Pixels above the body that the heading takes. */
export const TITLE_HEIGHT = 44;

/** An SVG document, which may also stand within a page: its styles reach nothing else. */
export function svgDocument({ title, description, theme = "auto", width, height, body }: DocumentParts): string {
  const size = { viewBox: `0 0 ${round(width)} ${round(height)}`, width, height };
  const attributes = { xmlns: "http://www.w3.org/2000/svg", ...size, role: "img", class: `simdgrad-${theme}` };
  const children = [
    element("title", {}, escapeText(title)),
    element("desc", {}, escapeText(description)),
    element("style", {}, styleSheet(theme)),
    element("rect", { class: "page", width, height }),
    words(title, 20, 29, { class: "title" }),
    ...body,
  ];
  return `${element("svg", attributes, "\n", children.join("\n"), "\n")}\n`;
}
