// The guides in docs/guides and the lessons in docs/learn: their programs run and print what the page says, and their pictures are those of today.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run as pictures } from "../examples/pictures.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}docs/guides/`;
const files = readdirSync(folder);
/** `docs/start/` has a program for Node; test/browsers/pages.test.ts opens those for pages. */
const programs = [
  ...files.map((name) => `guides/${name}`),
  ...readdirSync(`${root}docs/learn`).map((name) => `learn/${name}`),
  "start/node.md",
];
/**
 * Not one program, but snippets: for each bundler and page, of which the consumer matrix runs its own copies; for several
 * machines, which test/bullmq plays.
 */
const SNIPPETS = ["guides/environments.md", "guides/machines.md"];

/** The contents of fenced blocks of one language, in order. */
function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block]) => block);
}

/** The lines that a page says its program prints; outputs of examples/ and tables of longer runs are no part of them. */
function saidBy(page: string): string {
  const fences = [...page.matchAll(/^(<!-- npm run example.*\n)?```(\w+)\n([\s\S]*?)^```$/gm)];
  const first = fences.findIndex(([, , language]) => language === "js");
  return fences
    .slice(first)
    .filter(([, example, language]) => example === undefined && language === "text")
    .map(([, , , text]) => text)
    .join("");
}

/** The program of a page; libraries that tests install for comparison are imported from where they are. */
function programOf(page: string): string {
  const peers = createRequire(`${root}test/peers/load.ts`);
  const { dependencies } = peers("./package.json") as { dependencies: Readonly<Record<string, string>> };
  return blocksOf(page, "js")
    .join("\n")
    .replace(/(from|import) "([^"]+)"/g, (all, word, name) =>
      name in dependencies ? `${word} "${peers.resolve(name)}"` : all,
    );
}

describe("guides", () => {
  const hasCode = (name: string) =>
    name.endsWith(".md") && /^```js$/m.test(readFileSync(`${root}docs/${name}`, "utf8"));
  it.each(programs.filter((name) => hasCode(name) && !SNIPPETS.includes(name)))(
    "%s runs, and prints what it says",
    (name) => {
      const page = readFileSync(`${root}docs/${name}`, "utf8");
      const program = `${root}examples/output/${name.replace("/", "-").replace(/\.md$/, ".mjs")}`;
      mkdirSync(`${root}examples/output`, { recursive: true });
      writeFileSync(program, programOf(page));
      // The folder of the program, as for readers: pages write files there, and read them again.
      const cwd = `${root}examples/output`;
      const printed = execFileSync(process.execPath, [program], { cwd, encoding: "utf8" });
      const said = saidBy(page);
      if (said !== "") expect(printed).toBe(said);
    },
  );

  it("README: the program on the front page learns XOR, in at most 8 lines", () => {
    const [program] = blocksOf(readFileSync(`${root}README.md`, "utf8"), "js");
    expect(
      program
        .trim()
        .split("\n")
        .filter((line) => line !== "").length,
    ).toBeLessThanOrEqual(8);
    const file = `${root}examples/output/readme.mjs`;
    writeFileSync(
      file,
      program.replace("console.log(model.predict(x));", "console.log(JSON.stringify([...model.predict(x)]));"),
    );
    const probabilities: number[] = JSON.parse(execFileSync(process.execPath, [file], { cwd: root, encoding: "utf8" }));
    expect(probabilities.map(Math.round)).toEqual([0, 1, 1, 0]);
  });

  it("pictures are what examples/pictures.js draws: run it and copy examples/output/*.svg when they should change", async () => {
    const { accuracy, history, svgs } = await pictures();
    expect(accuracy).toBeGreaterThan(0.94);
    expect(history.valF1[history.valF1.length - 1]).toBeGreaterThan(0.95);
    const drawn = Object.entries<string>(svgs);
    expect(drawn.map(([name]) => name).sort()).toEqual(files.filter((name) => name.endsWith(".svg")).sort());
    for (const [name, svg] of drawn) expect(readFileSync(folder + name, "utf8"), name).toBe(svg);
  });
});
