/** VitePress: navigation, search, and what code blocks say about themselves. */
import { readFileSync } from "node:fs";
import temml from "temml";
import { defineConfig } from "vitepress";

/** Inside the page, because an address of its own would change with the folder. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="4" cy="5" r="2.5" fill="#2563c9"/><circle cx="4" cy="11" r="2.5" fill="#2563c9"/><circle cx="12" cy="8" r="2.5" fill="#c2570c"/></svg>`,
)}`;
const isStatic = process.env.SIMDGRAD_SITE === "static";
const folder = (name) => new URL(`../${name}`, import.meta.url);
const titleOf = (page) => /^# (.*)$/m.exec(readFileSync(folder(page), "utf8"))?.[1] ?? page;
const items = (under, names) =>
  names.map((name) => ({ text: titleOf(`${under}/${name}.md`), link: `/${under}/${name}` }));

const start = items("start", ["node", "vite", "cdn", "commandLine"]);
const guides = [
  { text: "Data", items: items("guides", ["data", "tables", "machines", "scoring"]) },
  { text: "Models", items: items("guides", ["layers", "losses", "optimizers", "metrics", "training", "transfer"]) },
  { text: "More than one model", items: items("guides", ["estimators"]) },
  { text: "Looking", items: items("guides", ["inside", "pictures"]) },
  { text: "In and out", items: items("guides", ["keras", "torch", "sklearn", "tfjs", "onnx", "brain", "code"]) },
  { text: "Around it", items: items("guides", ["commandLine", "environments", "errors", "names", "contents"]) },
];
const lessons = [
  "README",
  "01-neuron",
  "02-activations",
  "03-training-step",
  "04-training",
  "05-optimizers",
  "06-digits",
];
const learn = items("learn", [...lessons.slice(1), "07-spiral", "08-mnist", "wrong-figures"]);
const subjects = JSON.parse(readFileSync(folder("api/pages.json"), "utf8"));
const api = [
  { text: "simdgrad", items: subjects.filter(({ entry }) => entry === "simdgrad") },
  { text: "Other entries", items: subjects.filter(({ entry }) => entry !== "simdgrad") },
].map(({ text, items }) => ({
  text,
  items: items
    .map(({ title, page }) => ({ text: title, link: `/api/${page}` }))
    .sort((a, b) => a.text.localeCompare(b.text)),
}));
const understand = [
  ...items("", ["ARCHITECTURE", "KERNELS", "benchmarks"]).map(({ text, link }) => ({
    text,
    link: link.replace("//", "/"),
  })),
  { text: "Decisions", link: "/adr/" },
  { text: "Contributing", link: "/contributing" },
  { text: "Changes", link: "/changelog" },
];

const escapeAttribute = (text) =>
  text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/\n/g, "&#10;");

/** Blocks of JavaScript on a page of guides are one program: the later ones say so, and can be copied with the earlier. */
function continuedPrograms(markdown) {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const html = fence(tokens, index, options, env, self);
    if (tokens[index].info.trim() !== "js" || !/(?:guides|learn)\//.test(env.relativePath ?? "")) return html;
    const before = tokens.slice(0, index).filter(({ type, info }) => type === "fence" && info.trim() === "js");
    if (before.length === 0) return html;
    const program = [...before, tokens[index]].map(({ content }) => content).join("\n");
    const button = `<button type="button" class="copy-program" data-program="${escapeAttribute(program)}">Copy it all</button>`;
    return `${html}<p class="continues">This continues the program above. ${button}</p>`;
  };
}

/** Formulas between `$$` become MathML, which browsers draw themselves. */
function formulas(markdown) {
  markdown.block.ruler.before("paragraph", "formula", (state, start, end, silent) => {
    const line = (at) => state.src.slice(state.bMarks[at] + state.tShift[at], state.eMarks[at]);
    if (!line(start).startsWith("$$")) return false;
    let last = start;
    while (last < end - 1 && !(line(last).trimEnd().endsWith("$$") && (last > start || line(last).trim().length > 2)))
      last++;
    if (silent) return true;
    const text = Array.from({ length: last - start + 1 }, (_, i) => line(start + i)).join("\n");
    const html = temml.renderToString(text.trim().replace(/^\$\$|\$\$$/g, ""), {
      displayMode: true,
      throwOnError: true,
    });
    state.push("html_block", "", 0).content = html;
    state.line = last + 1;
    return true;
  });
}

/** Braces of text are text, not expressions of Vue. */
function literalBraces(markdown) {
  for (const rule of ["text", "code_inline"]) {
    const render = markdown.renderer.rules[rule];
    markdown.renderer.rules[rule] = (...args) => render(...args).replaceAll("{{", "&#123;&#123;");
  }
}

/** Guides come before the reference, and both before decisions and changes. */
function boostDocument(id) {
  if (/\/(?:guides|start)\//.test(id)) return 2;
  return /\/(?:adr|fixtures|changelog|contributing)/.test(id) ? 0.4 : 1;
}

export default defineConfig({
  title: "simdgrad",
  description: "Train and run feed-forward neural networks in JavaScript, at near-native speed.",
  lang: "en",
  outDir: "../site",
  cacheDir: "../site-cache",
  base: isStatic ? "/simdgrad-site-base/" : "/",
  ignoreDeadLinks: "localhostLinks",
  lastUpdated: false,
  metaChunk: true,
  markdown: {
    config: (markdown) => {
      continuedPrograms(markdown);
      literalBraces(markdown);
      formulas(markdown);
    },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  head: [
    ["link", { rel: "icon", href: ICON, type: "image/svg+xml" }],
    ["meta", { property: "og:title", content: "simdgrad" }],
    ["meta", { property: "og:type", content: "website" }],
  ],
  transformPageData(page) {
    if (page.description) return;
    const text = readFileSync(folder(page.relativePath), "utf8").replace(/^---[\s\S]*?---/, "");
    const [first = ""] = text.split(/\n\s*\n/).filter((part) => /^[A-Z`[]/.test(part.trim()));
    page.description = first
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[`*_<>]/g, "")
      .replace(/\s+/g, " ")
      .slice(0, 200);
  },
  vite: {
    server: {
      headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    },
    build: { chunkSizeWarningLimit: 4000 },
  },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            combineWith: "AND",
            fuzzy: 0.15,
            prefix: true,
            boost: { title: 4, titles: 2 },
            boostDocument,
          },
        },
      },
    },
    outline: [2, 3],
    nav: [
      { text: "Start", link: "/start/node", activeMatch: "/start/" },
      { text: "Learn", link: "/learn/", activeMatch: "/learn/" },
      { text: "Guides", link: "/guides/data", activeMatch: "/guides/" },
      { text: "Recipes", link: "/examples/", activeMatch: "/examples/" },
      { text: "API", link: "/api/", activeMatch: "/api/" },
      { text: "Understand", items: understand },
      { text: "Playground", link: "/playground/index.html", target: "_self" },
    ],
    sidebar: {
      "/start/": [{ text: "Start", items: start }, ...guides],
      "/guides/": [{ text: "Start", items: start }, ...guides],
      "/learn/": [{ text: "Learn", items: learn }],
      "/api/": api,
      "/adr/": [{ text: "Understand", items: understand }],
      "/examples/": [{ text: "Learn", items: learn }],
    },
  },
});
