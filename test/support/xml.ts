/** A strict little reader of XML: enough to show that a picture is well-formed, and to look at its elements. */

/** An element as it stands in the text. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITY = /&(?:amp|lt|gt|quot|#\d+);/g;

function decode(text: string): string {
  if (/[&<]/.test(text.replace(ENTITY, ""))) throw new Error(`not escaped: ${text}`);
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = text.replace(/\s([\w:-]+)="([^"<]*)"/g, (_, name: string, value: string) => {
    if (name in attributes) throw new Error(`${name} twice`);
    attributes[name] = decode(value);
    return "";
  });
  if (rest.trim() !== "") throw new Error(`not attributes: ${rest}`);
  return attributes;
}

/** The root element. @throws Error where the text is not well-formed. */
export function parseXml(text: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let end = 0;
  for (const match of text.matchAll(/<(\/?)([\w:-]+)((?:\s[\w:-]+="[^"]*")*)\s*(\/?)>/g)) {
    const [whole, closes, name, attributes, isEmpty] = match;
    const parent = open[open.length - 1];
    parent.text += decode(text.slice(end, match.index));
    end = match.index + whole.length;
    if (closes) {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`);
      open.pop();
      continue;
    }
    const element: Element = { name, attributes: attributesOf(attributes), children: [], text: "" };
    parent.children.push(element);
    if (!isEmpty) open.push(element);
  }
  if (open.length !== 1 || text.slice(end).trim() !== "") throw new Error("the text does not end with its root");
  if (root.children.length !== 1) throw new Error(`${root.children.length} roots`);
  return root.children[0];
}

/** All elements of a name, in order. */
export function elementsOf(root: Element, name: string): Element[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap((child) => elementsOf(child, name))];
}
