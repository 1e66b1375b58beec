/** The report of a table model in real browsers: it fits a phone, in light and dark, and can be read by everyone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser as Driver } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customers } from "../../examples/report.js";
import { drive } from "../../playground/test/visit.js";
import { htmlReport } from "../../src/report/index.js";
import { TableModel } from "../../src/table/index.js";
import { findBrowsers } from "./finder.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browsers = await findBrowsers();
const table = customers(400, 1).map((row, i) => ({
  ...row,
  rate: i % 7,
  "<img src=x onerror=alert(1)>": "x".repeat(i % 90),
}));

async function pageOf(target: "leaves" | "contract" | "calls"): Promise<string> {
  const task = target === "calls" ? "regression" : "classification";
  const model = await TableModel.train(table, { target, task, trials: 1, members: 3, onWarning: () => {} });
  const page = htmlReport(model, { table, command: "node train.js", title: `</title><script>${target}` });
  model.dispose();
  return page;
}

it.runIf(browsers.length === 0)("NO_BROWSER is set", () => {
  expect(process.env.NO_BROWSER).toBe("1");
});

describe.each(browsers)("the report in $name", (browser) => {
  let driver: Driver;
  beforeAll(async () => {
    driver = await drive(browser);
  });
  afterAll(() => driver?.close());

  it.each(["leaves", "contract", "calls"] as const)("of %s fits, and axe has nothing to say", async (target) => {
    const html = await pageOf(target);
    const page = await driver.newPage();
    for (const width of [1440, 390]) {
      for (const theme of browser.name === "chromium" ? ["light", "dark"] : ["light"]) {
        await page.setViewport({ width, height: 900 });
        if (browser.name === "chromium") {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        }
        await page.setContent(html);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.evaluate(AXE);
        const found = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
          return (await axe.run()).violations.map(({ id }) => id);
        });
        expect(found, `${width} ${theme}`).toEqual([]);
      }
    }
    await page.close();
  });
});
