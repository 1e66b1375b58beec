/** Puts together what the site is made of: pages of docs/, programs of examples/, the built playground. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix, resolve } from "node:path";

export const HOME = "docs/site";
export const STAGE = "build/site-source";
export const OUT = "build/site";

/** Pages outside docs/, by their place on the site. */
const OUTSIDE = new Map([
  ["CONTRIBUTING.md", "contributing.md"],
  ["CHANGELOG.md", "changelog.md"],
  ["README.md", "index.md"],
  ["playground/README.md", "about-playground.md"],
  ["fixtures/README.md", "fixtures.md"],
]);

/** Place on the site of a file of the repository, or `null` if it has none. */
function placeOf(path) {
  if (OUTSIDE.has(path)) return OUTSIDE.get(path);
  if (/^examples\/.*\.jsx?$/.test(path)) return path.replace(/\.jsx?$/, ".md");
  if (path.endsWith("README.md")) return placeOf(path.replace(/README\.md$/, "index.md"));
  if (path.startsWith("examples/")) return path;
  if (path === "docs/adr") return "adr/index.md";
  if (path.startsWith("docs/")) return path.slice("docs/".length);
  return null;
}

/**
 * A page whose links lead to places on the site. A link whose title names a setup of the playground opens that setup; in
 * the repository it leads to what the playground is.
 */
function linked(page, from) {
  const root = "../".repeat(placeOf(from).split("/").length - 1) || "./";
  const text = page.replace(
    /\[([^\]]*)\]\([^)\s]*playground\/README\.md\s+"playground: (#[^"]*)"\)/g,
    (_, said, hash) => {
      return `<a href="${root}playground/index.html${hash.replaceAll("&", "&amp;")}" target="_self">${said}</a>`;
    },
  );
  return text.replace(/(\]\(|srcset="|src=")(?!\w+:|#|\/)([^)"#\s]+)(#[^)"]*)?/g, (_, opening, link, anchor = "") => {
    const target = posix.normalize(posix.join(posix.dirname(from), link)).replace(/\/$/, "");
    const place = placeOf(target);
    if (place === null || !existsSync(target)) throw new Error(`${from}: ${link} has no place on the site`);
    const relative = posix.relative(posix.dirname(placeOf(from)), place);
    return `${opening}${relative.startsWith(".") ? relative : `./${relative}`}${anchor}`;
  });
}

function write(place, text) {
  mkdirSync(dirname(join(STAGE, place)), { recursive: true });
  writeFileSync(join(STAGE, place), text);
}

/** A program as a page: its first comment as text, then its source. */
function programPage(path) {
  const source = readFileSync(path, "utf8");
  const said = /^(?:\/\*\*\s*([\s\S]*?)\*\/|((?:\/\/.*\n)+))/.exec(source);
  const text = (said?.[1] ?? said?.[2] ?? "").replace(/^\s*(?:\*|\/\/) ?/gm, "").trim();
  const language = path.endsWith("x") ? "jsx" : "js";
  return `# ${basename(path)}\n\n${text}\n\n\`\`\`${language}\n${source}\`\`\`\n`;
}

function decisions() {
  const rows = readdirSync("docs/adr").map((name) => {
    const [title] = readFileSync(`docs/adr/${name}`, "utf8").split("\n");
    return `- [${title.replace(/^#+\s*/, "")}](./${name})`;
  });
  return `# Decisions\n\nEach page says what was decided, why, and what it costs.\n\n${rows.join("\n")}\n`;
}

/** Copies pages and programs; again after each change while the site is served. */
export function stageGuides() {
  for (const folder of ["", "guides", "learn", "start", "adr"]) {
    for (const name of readdirSync(join("docs", folder))) {
      const path = posix.join("docs", folder, name);
      if (name.endsWith(".md")) write(placeOf(path), linked(readFileSync(path, "utf8"), path));
      else if (/\.(?:svg|png)$/.test(name)) cpSync(path, join(STAGE, placeOf(path)));
    }
  }
  cpSync("docs/examples", join(STAGE, "examples"), { recursive: true });
  for (const folder of ["examples", "examples/recipes"]) {
    for (const name of readdirSync(folder)) {
      const path = `${folder}/${name}`;
      if (/\.jsx?$/.test(name) && name !== "run.js") write(placeOf(path), programPage(path));
      if (name === "README.md") write(placeOf(path), linked(readFileSync(path, "utf8"), path));
    }
  }
  for (const [path, place] of OUTSIDE) {
    if (path !== "README.md") write(place, linked(readFileSync(path, "utf8"), path));
  }
  write("adr/index.md", decisions());
  for (const name of readdirSync(`${HOME}/pages`)) cpSync(`${HOME}/pages/${name}`, join(STAGE, name));
  cpSync(`${HOME}/public`, join(STAGE, "public"), { recursive: true });
  cpSync(`${HOME}/config.mjs`, join(STAGE, ".vitepress/config.mjs"));
  cpSync(`${HOME}/theme`, join(STAGE, ".vitepress/theme"), { recursive: true });
  const modules = join(STAGE, "node_modules");
  if (!existsSync(modules)) symlinkSync(resolve(`${HOME}/node_modules`), modules, "junction");
}

/** Puts the built playground where the site serves it as it is. */
export function stagePlayground() {
  rmSync(join(STAGE, "public/playground"), { recursive: true, force: true });
  cpSync("build/playground", join(STAGE, "public/playground"), { recursive: true });
}
