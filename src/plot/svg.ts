/** SVG as text: elements, escaped words, rounded numbers, and the document around them. Knows nothing about data. */
import { type Given, number, oneOf, optional, text } from "../base/options.js";
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

/** Text at a place, styled by its class. */
export function words(content: string, x: number, y: number, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escapeText(content));
}

/** Two decimals: no one sees a hundredth of a pixel. */
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

/** Approximate width of a text in pixels: fonts differ, so leave some room. */
export function textWidth(text: string, fontSize = 13): number {
  return Array.from(text).length * fontSize * 0.57;
}

/** Range of a width or height in pixels. */
export const PIXELS = { min: 120, max: 10_000 };

/** Options of every picture except its size. */
export const lookOptions = {
  /** Heading, and the name that screen readers announce. @default a few words that name the picture */
  title: optional(text()),
  /** Description for screen readers. @default the contents of the picture, in words and numbers */
  description: optional(text()),
  /** Colours for light or dark pages; `auto` follows the reader's setting. @default "auto" */
  theme: oneOf(themeNames, "auto"),
};

/** Options of every picture except its size. */
export interface LookOptions extends Given<typeof lookOptions> {}

/** Options of most pictures. */
export const pictureOptions = {
  ...lookOptions,
  /** Pixels; the picture scales with its place on the page. @default as the drawing needs */
  width: optional(number(PIXELS)),
  /** Pixels. @default as the drawing needs */
  height: optional(number(PIXELS)),
};

/** Options of most pictures. */
export interface PictureOptions extends Given<typeof pictureOptions> {}

/** The whole picture. */
export interface DocumentParts {
  readonly title: string;
  readonly description: string;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly body: readonly string[];
}

/** Pixels above the body that the heading takes. */
export const TITLE_HEIGHT = 44;

/** An SVG document, which may also be part of a page: its styles reach nothing else. */
export function svgDocument({ title, description, theme, width, height, body }: DocumentParts): string {
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
