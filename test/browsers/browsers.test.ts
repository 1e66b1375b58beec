/** The tests of kernels, gradients, determinism and training, and those of page and policy, in real browsers. */
import { beforeAll, describe, expect, it } from "vitest";
import { bundleSuite } from "./bundle.js";
import { findBrowsers, versionOf } from "./finder.js";
import { scenesOf } from "./scenes.js";
import { play } from "./stage.js";
import type { Report } from "./suite.js";
import { NODE_HASH, NODE_QUANTIZED_HASH, quantizedHash, trainedHash } from "./trained.js";

const LIMIT = 180_000;
/** `npm run test:browsers`; without it, what `npm test` has time for. */
const isFull = process.env.SIMDGRAD_BROWSERS === "full";
const browsers = await findBrowsers();

it.runIf(browsers.length === 0)("NO_BROWSER is set", () => {
  expect(process.env.NO_BROWSER).toBe("1");
});

it("Node gives the fingerprints that browsers are held to", async () => {
  expect((await trainedHash({ threads: 1 })).hash).toBe(NODE_HASH);
  expect(await quantizedHash()).toBe(NODE_QUANTIZED_HASH);
});

describe.each(browsers)("$name", (browser) => {
  const scenes = scenesOf(browser.name, isFull);
  let reports = new Map<string, Report>();
  beforeAll(async () => {
    reports = await play(browser, scenes, await bundleSuite(isFull), LIMIT);
    const results = [...reports.values()].flatMap((report) => report.results);
    const skipped = results.filter(({ state }) => state === "skip").map(({ name }) => `\n  not here: ${name}`);
    console.log(`${versionOf(browser)}: ${results.length - skipped.length} tests${skipped.join("")}`);
  }, LIMIT + 30_000);

  it.each(scenes)("$name", ({ name }) => {
    const { results, failure } = reports.get(name) as Report;
    expect(failure).toBe("");
    const failed = results.filter(({ state }) => state !== "pass" && state !== "skip");
    expect(failed.map(({ name, state, message }) => `${state}: ${name}\n${message}`)).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });
});
