/** Pages that users make, in real browsers: they answer, fit a phone, in light and dark, and can be used by everyone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Browser as Driver, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customers } from "../../examples/report.js";
import { drive } from "../../playground/test/visit.js";
import { dense, normalization, Sequential } from "../../src/index.js";
import { exportPage } from "../../src/interop/code/index.js";
import { htmlReport } from "../../src/report/index.js";
import { TableModel } from "../../src/table/index.js";
import { isWhole } from "../support/inFull.js";
import { violations } from "./axe.js";
import { findBrowsers } from "./finder.js";

const browsers = await findBrowsers();
const folder = mkdtempSync(join(tmpdir(), "simdgrad-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function classifier(inputShape: number[]): Promise<Sequential> {
  const layers = [normalization({ mean: 1, variance: 4 }), dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape, layers, seed: 1 });
  if (inputShape[0] === 4)
    model.metadata = { features: ["width", "height", "<i>", "x".repeat(40)], classes: ["a", "b", "c"] };
  return model;
}

const models = { form: await classifier([4]), pad: await classifier([784]) };

const root = new URL("../../", import.meta.url);
const blockOf = (name: string, language: string): string => {
  const text = readFileSync(new URL(`docs/start/${name}`, root), "utf8");
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(text)?.[1] ?? "";
};

/** The programs of the start pages for browsers: one with the file of the CDN, one with what a bundler makes of it. */
const startPages = [
  {
    name: "cdn.md",
    says: "XOR: 0, 1, 1, 0",
    html: async () =>
      blockOf("cdn.md", "html").replace(
        "https://cdn.jsdelivr.net/npm/simdgrad",
        new URL("build/cdn/simdgrad.iife.js", root).href,
      ),
  },
  {
    name: "vite.md",
    says: "epoch 200: loss",
    html: async () => {
      const [imports, program] = blockOf("vite.md", "js").split(/(?<=from "simdgrad\/datasets";\n)/);
      const contents = `${imports}(async () => {${program}})();`;
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: fileURLToPath(root) },
        bundle: true,
        write: false,
        format: "iife",
      });
      return `<!doctype html><body><script>${outputFiles[0].text.replaceAll("</script", "<\\/script")}</script>`;
    },
  },
];

const answerOf = (page: Page) => page.$eval("#answer", (element) => element.textContent);

const table = customers(400, 1).map((row, i) => ({
  ...row,
  rate: i % 7,
  "<img src=x onerror=alert(1)>": "x".repeat(i % 90),
}));

async function reportOf(target: "leaves" | "contract" | "calls"): Promise<string> {
  const task = target === "calls" ? "regression" : "classification";
  const model = await TableModel.train(table, { target, task, trials: 1, members: 3, onWarning: () => {} });
  const page = htmlReport(model, { table, command: "node train.js", title: `</title><script>${target}` });
  model.dispose();
  return page;
}

it.runIf(browsers.length === 0)("NO_BROWSER is set", () => {
  expect(process.env.NO_BROWSER).toBe("1");
});

describe.each(browsers)("in $name", (browser) => {
  let driver: Driver;
  /** One for all: each new one would have a process of its own. */
  let page: Page;
  beforeAll(async () => {
    driver = await drive(browser);
    [page] = await driver.pages();
  });
  afterAll(() => driver?.close());

  /** Checks that nothing sticks out at any of the widths, and that axe is content. Firefox has no dark theme here. */
  async function check(widths: readonly number[]): Promise<void> {
    for (const width of widths) {
      await page.setViewport({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      for (const theme of browser.name === "chromium" ? ["light", "dark"] : ["light"]) {
        if (browser.name === "chromium") {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        }
        expect(await violations(page), `${width} ${theme}`).toEqual([]);
      }
    }
  }

  /** Opens a generated page from disk, on a phone, uses it, and checks that there were no errors. */
  async function visit(kind: keyof typeof models, use: () => Promise<void>): Promise<void> {
    const path = join(folder, `${kind}-${browser.name}.html`);
    writeFileSync(path, await exportPage(models[kind], { title: kind }));
    const errors: string[] = [];
    const hear = (error: unknown) => errors.push(String(error));
    page.on("pageerror", hear);
    await page.setViewport({ width: 390, height: 800 });
    await page.goto(pathToFileURL(path).href);
    await use();
    await check([390]);
    expect(errors).toEqual([]);
    page.off("pageerror", hear);
  }

  it("a generated page with a form answers as the model does", async () => {
    await visit("form", async () => {
      await page.focus("input");
      await page.keyboard.press("ArrowUp");
      const values = await page.$$eval("input", (fields) => fields.map((field) => field.valueAsNumber));
      expect(values[0]).toBeGreaterThan(1);
      expect(await answerOf(page)).toBe((await models.form.predictClasses([values]))[0]);
      const shares = await page.$$eval(".number", (all) =>
        all.map((each) => Number.parseFloat(each.textContent ?? "")),
      );
      for (const [i, p] of models.form.predict([values]).entries()) {
        expect(Math.abs(shares[i] - 100 * p)).toBeLessThan(0.051);
      }
      await page.$eval("input", (field) => {
        field.value = "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      expect(await answerOf(page)).toContain("width: expected a number");
    });
  });

  it("a generated page with a field to draw on can be used by mouse and by keys", async () => {
    await visit("pad", async () => {
      expect(await answerOf(page)).toBe("Draw something.");
      const box = await (await page.$("#pad"))?.boundingBox();
      if (!box) throw new Error("There is no pad.");
      await page.mouse.move(box.x + 50, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + 150, box.y + 150, { steps: 3 });
      await page.mouse.up();
      expect(await answerOf(page)).toMatch(/^[012]$/);
      await page.focus("#pad");
      await page.keyboard.press("Delete");
      expect(await answerOf(page)).toBe("Draw something.");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press(" ");
      expect(await answerOf(page)).toMatch(/^[012]$/);
    });
  });

  it.each(startPages)("docs/start/$name works as it says", async ({ name, html, says }) => {
    const path = join(folder, `${name}-${browser.name}.html`);
    writeFileSync(path, await html());
    await page.goto(pathToFileURL(path).href);
    await page.waitForFunction((end: string) => document.body.innerText.includes(end), { timeout: 60_000 }, says);
  });

  const targets = ["leaves", "contract", "calls"] as const;
  it.each(browser.name === "chromium" || isWhole ? targets : targets.slice(0, 1))(
    "the report of %s fits, and axe is content",
    async (target) => {
      const path = join(folder, `${target}-${browser.name}.html`);
      writeFileSync(path, await reportOf(target));
      await page.goto(pathToFileURL(path).href);
      await check([1440, 390]);
    },
  );
});
