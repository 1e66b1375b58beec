/**
 * The API reference: TypeDoc writes a page for each public name, from its docstring; here they are joined into a page for each
 * subject. The subject of a name is the room of src/ that it comes from.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { entryPoints } from "../entryPoints.mjs";
import { HOME, STAGE } from "./stage.mjs";

const RAW = "build/site-api";

/** Subjects by path in src/: the first that fits. [path, page, title, entry] */
const SUBJECTS = [
  ["sequential", "model", "Model", "simdgrad"],
  ["model/", "model", "Model", "simdgrad"],
  ["program/", "model", "Model", "simdgrad"],
  ["state/", "model", "Model", "simdgrad"],
  ["specs/layers", "layers", "Layers", "simdgrad"],
  ["specs/activation", "activations", "Activations", "simdgrad"],
  ["specs/losses", "losses", "Losses", "simdgrad"],
  ["specs/metrics", "metrics", "Metrics", "simdgrad"],
  ["specs/optimizers", "optimizers", "Optimizers", "simdgrad"],
  ["specs/schedules", "schedules", "Learning-rate schedules", "simdgrad"],
  ["specs/initializers", "initializers", "Initializers", "simdgrad"],
  ["specs/", "regularizers", "Regularizers and constraints", "simdgrad"],
  ["training/", "training", "Training", "simdgrad"],
  ["callbacks/", "callbacks", "Callbacks", "simdgrad"],
  ["data/preprocess", "preprocessing", "Preprocessing", "simdgrad"],
  ["data/columns", "preprocessing", "Preprocessing", "simdgrad"],
  ["data/", "data", "Data", "simdgrad"],
  ["check/", "check", "Checks", "simdgrad"],
  ["inspect/", "inspection", "Inspection", "simdgrad"],
  ["remote/", "workers", "Workers and backends", "simdgrad"],
  ["runtime/", "workers", "Workers and backends", "simdgrad"],
  ["plan/", "workers", "Workers and backends", "simdgrad"],
  ["base/", "errors", "Errors and common types", "simdgrad"],
];

/** Subjects of the other entries: a page each. */
function subjectOf(entry, source) {
  if (entry === "index") {
    const found = SUBJECTS.find(([path]) => source.startsWith(path));
    if (!found) throw new Error(`The API reference has no subject for src/${source}: add it to SUBJECTS`);
    return { page: found[1], title: found[2], entry: found[3] };
  }
  const name = entry.replace(/^interop\//, "").replace(/^any$/, "formats");
  return { page: `entry-${name}`, title: `simdgrad/${name}`, entry: `simdgrad/${name}` };
}

function* markdownFiles(folder, under = "") {
  for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
    const path = posix.join(under, entry.name);
    if (entry.isDirectory()) yield* markdownFiles(folder, path);
    else if (entry.name.endsWith(".md") && entry.name !== "README.md") yield path;
  }
}

/** Order of kinds on a page: what is called first, what describes it after. */
const KINDS = ["classes", "functions", "variables", "interfaces", "type-aliases"];

/** A name's page without its header, one level lower, and without what the reader has elsewhere. */
function bodyOf(text) {
  const [, source = ""] = /^Defined in: \[?(?:.*?\/)?src\/([\w/.-]+?\.ts)/m.exec(text) ?? [];
  const name = /^# (?:[\w ]+: )?(.+)$/m.exec(text)?.[1] ?? "";
  const body = text
    .slice(text.indexOf("\n", text.search(/^# /m)) + 1)
    .replace(/^Defined in: .*\n+/gm, "")
    .replace(
      /^#+ (?:Inherited from|Overrides|Implementation of|Extended by)\n+(?:(?!#|\*\*\*).*\n*)*?(?=^#|^\*\*\*|(?![\s\S]))/gm,
      "",
    )
    .replace(/^\*\*\*\n+/gm, "")
    .replace(/<a id="[^"]*"><\/a> /g, "")
    .replace(/^## (?:Extends)\n+(?:- .*\n)+/gm, "")
    .replaceAll("[*", "[\\*")
    .replace(/^(#+) /gm, "#$1 ");
  return { source, name, body: body.trim() };
}

/** Anchor of a name: VitePress makes anchors of all other headings, so these need a prefix. */
const anchorOf = (name) => `api-${name.replace(/\\?[<(].*$/, "")}`;

function document() {
  const root = process.cwd();
  const options = {
    tsconfig: join(root, "tsconfig.json"),
    entryPoints: entryPoints().map((path) => join(root, path)),
    plugin: [join(root, HOME, "node_modules/typedoc-plugin-markdown/dist/index.js")],
    out: join(root, RAW),
    readme: "none",
    gitRevision: "main",
    sourceLinkTemplate: "{path}",
    disableGit: true,
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    sort: ["source-order"],
    hideBreadcrumbs: true,
    hidePageHeader: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    propertyMembersFormat: "table",
    enumMembersFormat: "table",
    tableColumnSettings: {
      hideSources: true,
      hideInherited: true,
      hideOverrides: true,
      hideModifiers: true,
      hideDefaults: true,
    },

    validation: { notExported: false, invalidLink: true, notDocumented: false },
    logLevel: "Warn",
    treatWarningsAsErrors: true,
  };
  mkdirSync("build", { recursive: true });
  writeFileSync("build/typedoc.json", JSON.stringify(options));
  const typedoc = `${HOME}/node_modules/typedoc/bin/typedoc`;
  const { status } = spawnSync(process.execPath, [typedoc, "--options", "build/typedoc.json"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Writes api/*.md and the sidebar's list of them. */
export function writeReference() {
  document();
  const names = [...markdownFiles(RAW)].map((path) => {
    const { source, name, body } = bodyOf(readFileSync(join(RAW, path), "utf8"));
    const [, entry, kind] = /^(.*)\/([\w-]+)\/[^/]+$/.exec(path) ?? [];
    return { path, kind, name, body, ...subjectOf(entry, source) };
  });
  const homes = new Map(names.map(({ path, page, name }) => [path, `./${page}.md#${anchorOf(name)}`]));
  const pages = new Map();
  for (const member of names) pages.set(member.page, [...(pages.get(member.page) ?? []), member]);
  rmSync(join(STAGE, "api"), { recursive: true, force: true });
  mkdirSync(join(STAGE, "api"), { recursive: true });
  for (const [page, members] of pages) {
    members.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    const [{ title, entry }] = members;
    const sections = members.map(({ path, name, body }) => {
      const text = body.replace(/\]\((?!\w+:|#)([^)#\s]+\.md)(#[^)]*)?\)/g, (_, link) => {
        const target = posix.normalize(posix.join(posix.dirname(path), link));
        return `](${homes.get(target) ?? `./index.md`})`;
      });
      return `## ${name} {#${anchorOf(name)}}\n\n${text}\n`;
    });
    const head = `---\noutline: 2\n---\n\n# ${title}\n\n\`import { … } from "${entry}";\`\n`;
    writeFileSync(join(STAGE, `api/${page}.md`), `${head}\n${sections.join("\n")}`);
  }
  const list = [...pages].map(([page, [{ title, entry }]]) => ({ page, title, entry }));
  writeFileSync(join(STAGE, "api/pages.json"), JSON.stringify(list));
  const rows = [...pages].map(([page, members]) => {
    const shown = members.filter(({ kind }) => ["classes", "functions", "variables"].includes(kind));
    const links = shown.map(({ name }) => `[${name}](./${page}.md#${anchorOf(name)})`).join(" · ");
    return `## ${members[0].title}\n\n${links}\n`;
  });
  const intro = "Every public name, from the docstrings: formula, shapes, defaults, errors.";
  writeFileSync(
    join(STAGE, "api/index.md"),
    `---\noutline: 2\n---\n\n# API reference\n\n${intro}\n\n${rows.join("\n")}`,
  );
}
