/** The playground from end to end, in real browsers: what a person can do with it, and what can go wrong. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser as Driver } from "puppeteer-core";
import { Sequential } from "simdgrad";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { violations } from "../../test/browsers/axe.js";
import { findBrowsers } from "../../test/browsers/finder.js";
import { idx } from "../../test/support/idx.js";
import { OFFLINE } from "../src/offline.js";
import { defaults, type Setup } from "../src/setup.js";
import { fromHash } from "../src/url.js";
import { type BroughtFiles, ofKeras, ofOnnx, threeKinds } from "./broughtFiles.js";
import { digitImages, flowers, ragged, wide } from "./samples.js";
import { type Place, type Site, serve } from "./server.js";
import { Session } from "./session.js";
import { drive, fileOf, Visit, type VisitOptions } from "./visit.js";

/** The weights after epochs in Node, as eight digits. */
async function hashInNode(setup: Partial<Setup>, epochs: number): Promise<string> {
  const session = new Session();
  await session.open(setup);
  return (await session.train(epochs)).hash;
}

/** One of several checks in a visit: its failure says which. */
async function check(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const browsers = await findBrowsers();
let site: Site;

beforeAll(async () => {
  site = await serve();
});
afterAll(() => site.close());

it.runIf(browsers.length === 0)("NO_BROWSER is set", () => {
  expect(process.env.NO_BROWSER).toBe("1");
});

describe.each(browsers)("the playground in $name", (browser) => {
  let driver: Driver;
  let visits: Visit[] = [];
  beforeAll(async () => {
    driver = await drive(browser);
  });
  afterEach(async () => {
    const errors = visits.flatMap((visit) => visit.errors);
    // The first page last: the next visit takes it, and ends what may still train there.
    for (const visit of visits.reverse()) await visit.close();
    visits = [];
    expect(errors).toEqual([]);
  });
  afterAll(() => driver?.close());

  async function visit(hash = "", options: VisitOptions & { place?: Place } = {}): Promise<Visit> {
    const opened = await Visit.open(driver, site.address(options.place ?? "isolated") + hash, options);
    visits.push(opened);
    return opened;
  }

  const readyVisit = async (hash = "", options: VisitOptions = {}) => (await visit(hash, options)).ready();

  // Both compute the same styles: each looks at one theme and at its own states, so that none is looked at twice.
  const seenBy = async (name: typeof browser.name, { page }: Visit) => (name === browser.name ? violations(page) : []);

  describe("training", () => {
    it("the first visit loads at most 170 KB, gzipped, steps, learns the default spiral to 0.95 and better, and pauses", async () => {
      const one = await readyVisit();
      const sizes = await Promise.all(site.loaded.map((path) => gzippedSize(new URL(path, site.address("isolated")))));
      expect(sizes.length).toBeGreaterThan(3);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(170 * 1024);
      await check("steps", async () => {
        await one.press("Step");
        await one.says("epoch", /^0 \+ 1\/22$/);
        await one.press("Step");
        await one.says("epoch", /^0 \+ 2\/22$/);
      });
      await one.press("Play");
      await one.says("score", /^(0\.9[5-9]\d|1\.000)$/);
      await one.press("Pause");
      await one.until(() => document.querySelector("header .primary")?.textContent === "Play");
      await one.says("confusion", /blue/);
    });

    it("a link gives the same weights to whoever opens it", async () => {
      const one = await readyVisit();
      await one.press("Moons");
      await one.press("Layer 1: one neuron less");
      await one.press("Remove layer 2");
      await one.fill("Activation", "relu");
      await one.ready();
      const hash = await one.epochs(3);
      await one.press("Compare …");
      await one.says("same", /run B begins anew/);
      await one.fill("Learning rate", "0.05");
      await one.says("differences", /^Learning rate0.010.05$/);
      const hashB = await one.epochs(3);
      await one.says("standing", new RegExp(`Epoch33.*${hash}${hashB}`));
      expect(await seenBy("firefox", one)).toEqual([]);
      const other = await readyVisit(new URL(one.page.url()).hash);
      await other.says("differences", /^Learning rate0.010.05$/);
      expect(await other.epochs(3)).toBe(hashB);
      await other.says("standing", new RegExp(`Epoch33.*${hash}${hashB}`));
      await other.press("Swap A and B");
      await other.says("hash", new RegExp(hash));
      await other.press("End comparison");
      await other.press("Reset");
      await other.says("epoch", /^0$/);
      expect(await other.epochs(3)).toBe(hash);
    });

    // What is written depends on the source alone; test/data.test.ts has the others.
    it("its program for Node ends with its weights, for features and for images", async () => {
      const manner = "hidden=6&regularization=l2&dropout=0.1&batchNormalization=true";
      const one = await readyVisit(`#source=arms&${manner}`);
      for (const source of ["arms", "mnist"]) {
        await check(source, async () => {
          if (source !== "arms") await one.follow(`#source=${source}&${manner}`);
          const hash = await one.epochs(2);
          await one.press("Export");
          await one.until(
            (text) => document.querySelector<HTMLTextAreaElement>("[data-testid=code]")?.value.includes(text) ?? false,
            hash,
          );
          const code = await one.page.$eval("[data-testid=code]", (area) => (area as HTMLTextAreaElement).value);
          const printed = execFileSync(process.execPath, ["--input-type=module", "-"], {
            cwd: ROOT,
            input: code,
            encoding: "utf8",
          });
          expect(printed.trim().split("\n").pop()).toBe(hash);
        });
      }
    });

    it("plays by itself, goes back in time and on from there, keeps its run when a rate changes, and undoes a reset", async () => {
      const one = await readyVisit("", { manner: "" });
      await one.says("epoch", /^\d{2,}/);
      await one.press("Pause");
      await one.says("moment", /drag back/);
      await one.page.$eval("[aria-label='Time line']", (slider) => {
        (slider as HTMLInputElement).value = "1";
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      });
      await one.says("moment", /^Epoch 1 of \d+: Play goes on from here/);
      const before = one.page.url();
      await one.epochs(1);
      await one.fill("Learning rate", "0.02");
      await one.until(() => location.hash.includes("learningRate=0.02"));
      await one.epochs(1);
      await one.says("epoch", /^3$/);
      await one.press("Reset");
      await one.says("epoch", /^0$/);
      await one.press("Undo reset");
      await one.says("epoch", /^3$/);
      await one.page.evaluate(() => history.back());
      await one.until((address) => location.href === address, before);
      await one.says("epoch", /^3$/);
    });

    it("a preset is a whole setup, for which a learning rate is found", async () => {
      const one = await readyVisit("#source=digits&hidden=5&dropout=0.5");
      await one.fill("Preset", "Two arms");
      await one.until(() => location.hash === "" && document.querySelector(".plane") !== null);
      expect(await one.epochs(1)).toBe(await hashInNode(defaults, 1));
      await check("the rate", async () => {
        await one.press("Find a rate");
        await one.says("rate", /falls most steeply at/);
        expect(one.page.url()).not.toContain("learningRate=");
        await one.press((await one.text("rate")).match(/Use [\d.e-]+/)?.[0] ?? "");
        await one.until(() => location.hash.includes("learningRate="));
      });
    });
  });

  it("as one file it opens from a folder, with the weights of Node", async () => {
    const address = new URL(`../../build/playground/${OFFLINE}`, import.meta.url).href;
    const file = await Visit.open(driver, `${address}#source=xor&hidden=3`);
    visits.push(file);
    await file.ready();
    const hash = await file.epochs(1);
    await file.press("Export");
    await file.until(
      (text) => document.querySelector<HTMLTextAreaElement>("[data-testid=code]")?.value.includes(text) ?? false,
      hash,
    );
    expect(hash).toBe(await hashInNode({ source: "xor", hidden: [3] }, 1));
  });

  describe("data", () => {
    it("a CSV with ragged rows names the line; one with quotes, gaps and a target of text is learned and asked about; so is one of 200 columns", async () => {
      const one = await readyVisit();
      await one.drop("ragged.csv", ragged);
      await one.until(() =>
        /line 3: expected 3 cells, got 2/.test(document.querySelector("dialog")?.textContent ?? ""),
      );
      await one.press("Cancel");
      await one.epochs(1);
      await one.drop("flowers.csv", flowers);
      await one.page.waitForSelector("dialog table");
      await one.fill("Learn this column", "note");
      await one.press("Use it");
      await one.until(() => /120 different texts, too many/.test(document.querySelector("dialog")?.textContent ?? ""));
      await one.fill("Learn this column", "kind");
      await one.press("Use it");
      await one.says("confusion", /rose, red/);
      await one.press("Play");
      await one.says("score", /^(0\.9\d\d|1\.000)$/);
      await one.press("Pause");
      await one.press("Ask it");
      await one.fill("petals", "12");
      await one.fill("colour", "red");
      await one.press("Predict kind");
      await one.says("answer", /tulip/);
      expect(await one.page.$eval(".answer .best, [data-testid=answer] .best", (each) => each.textContent)).toMatch(
        /^rose, red/,
      );
      await one.fill("petals", "many");
      await one.press("Predict kind");
      await one.says("answer", /petals: expected a number, got "many"/);
      await check("200 columns", async () => {
        await one.press("Results");
        await one.choose("CSV file", fileOf("wide.csv", wide));
        await one.press("Use it");
        await one.says("confusion", /yes/);
        await one.epochs(1);
        await one.fill("across", "3");
        await one.until(() => location.hash.includes("axes=3-2"));
        await one.says("epoch", /^1$/);
      });
    });

    it("points by hand: set by pointer and by keyboard, undone, given values, and in the link", async () => {
      const one = await readyVisit("#source=hand&testShare=0");
      const pad = await one.page.waitForSelector("[data-testid=hand-pad]");
      await one.press("▲3");
      await pad?.click();
      await one.until(() => /all 13 samples$/.test(document.querySelector(".balance p")?.textContent ?? ""));
      for (const key of ["ArrowUp", "Enter", "ArrowUp", "Enter"] as const) await one.page.keyboard.press(key);
      await one.until(() => /all 15 samples$/.test(document.querySelector(".balance p")?.textContent ?? ""));
      await one.press("Undo");
      await one.until(() => /all 14 samples$/.test(document.querySelector(".balance p")?.textContent ?? ""));
      await one.press("A value");
      await one.fill("Value of the points to add", "-0.35");
      await one.press("Value -0.35");
      await pad?.click();
      await one.until(() => document.querySelector(".balance")?.textContent === "Training set: all 15 samples");
      await one.ready();
      const hash = await one.epochs(1);
      expect(hash).toBe(await hashInNode(fromHash(new URL(one.page.url()).hash).setup, 1));
    });

    it("a digit that is drawn is the likeliest of ten; images come from IDX files", async () => {
      const one = await readyVisit("#source=digits&hidden=64&activation=relu&learningRate=0.003&batchSize=32");
      await one.press("Play");
      await one.says("score", /^0\.9[6-9]\d$/);
      await one.press("Pause");
      const best = () => one.page.waitForSelector(".bars .best");
      const ring = Array.from({ length: 25 }, (_, i): [number, number] => [
        0.5 + 0.22 * Math.sin((2 * Math.PI * i) / 24),
        0.5 - 0.34 * Math.cos((2 * Math.PI * i) / 24),
      ]);
      await one.draw(...ring);
      expect(await (await best())?.evaluate((each) => each.textContent)).toMatch(/^0/);
      await one.press("Clear");
      await one.until(() => !document.querySelector(".bars .best"));
      await one.press("A test digit");
      await best();
      await check("images from IDX files", async () => {
        const { images, labels } = digitImages();
        const paths = [fileOf("images-idx3-ubyte", idx(8, [40, 6, 6], images)), fileOf("labels", idx(8, [40], labels))];
        await one.choose("IDX files", ...paths);
        await one.says("confusion", /predicted01(?!2)/); // no longer ten digits
        await one.choose("IDX files", paths[0]);
        await one.says("message", /two files together/);
      });
    });
  });

  describe("what is taken away", () => {
    it("a model comes back with the same weights; no other file changes them; pictures are SVG and PNG", async () => {
      const one = await readyVisit();
      const hash = await one.epochs(2);
      await one.press("Export");
      await one.choose("Model files", fileOf("bad.safetensors", "this is no model"));
      await one.says("message", /bad\.safetensors: /);
      await one.press("Download the model");
      const { name, bytes } = await one.download();
      await one.choose("Model files", fileOf("cut.safetensors", bytes.slice(0, bytes.length - 20)));
      await one.says("message", /cut\.safetensors: /);
      expect(await one.text("hash")).toBe(hash);
      await one.press("Reset");
      await one.says("epoch", /^0$/);
      expect(await one.text("hash")).not.toBe(hash);
      await one.choose("Model files", fileOf(name, bytes));
      await one.says("said", /is now the model of this page/);
      await one.says("hash", new RegExp(hash));
      await one.press("Epoch");
      await one.says("epoch", /^3$/);
      await one.press("Remove layer 2");
      await one.ready();
      await one.choose("Model files", fileOf("other.safetensors", bytes));
      await one.says("message", /of another network/);
      await one.epochs(1);
      await check("pictures", async () => {
        for (const picture of ["Decision boundary", "Curves", "Network", "Confusion matrix"]) {
          await one.press(`${picture} as SVG`);
          const { name, bytes } = await one.download();
          expect(name).toMatch(/\.svg$/);
          expect(new TextDecoder().decode(bytes)).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
        }
        for (const picture of ["Curves", "The plane"]) {
          await one.press(`${picture} as PNG`);
          const { bytes } = await one.download();
          expect([...bytes.subarray(1, 4)]).toEqual([..."PNG"].map((letter) => letter.charCodeAt(0)));
        }
      });
    });

    // Files that Keras 3 and PyTorch have written, with their own predictions.
    it.each<[string, string, () => BroughtFiles]>([
      ["a Keras .h5 that is dropped", "hidden=6&batchNormalization=true", ofKeras],
      ["an ONNX model that is chosen with its data", "hidden=24", ofOnnx],
    ])("%s predicts here as there, and trains on", async (_, setup, brought) => {
      const { files, columns, x, y } = brought();
      const one = await readyVisit(`#${setup}`);
      await one.drop("kinds.csv", threeKinds(columns));
      await one.press("Use it");
      await one.says("confusion", /oak/);
      await one.press("Export");
      const [[name, bytes]] = files;
      if (files.length > 1) await one.choose("Model files", ...files.map((file) => fileOf(...file)));
      else {
        await one.page.waitForSelector("[data-testid=drop]");
        await one.drag("[data-testid=drop]");
        expect(await one.page.$(".drop.over")).not.toBeNull();
        await one.drop(name, bytes, "[data-testid=drop]");
      }
      await one.says("said", /is now the model of this page/);
      await one.says("notes", /settings of this page/);
      expect(await one.page.$(".drop.over, .drop.near")).toBeNull();
      await one.press("Download the model");
      const back = await Sequential.load((await one.download()).bytes);
      expect(Array.from(back.predict(Float32Array.from(x)))).toEqual(y.map((value) => expect.closeTo(value, 5)));
      await one.epochs(1);
    });

    it("a point of the plane goes through the network by keys, and into the glass box; a unit shows its map", async () => {
      const one = await readyVisit();
      await one.epochs(1);
      const plane = await one.page.$("[data-testid=plane]");
      await plane?.click();
      await one.says("stage", /^One sample enters/);
      const press = async (...keys: Parameters<typeof one.page.keyboard.press>[0][]) => {
        for (const key of keys) await one.page.keyboard.press(key);
      };
      await press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown");
      const words = await one.says("stage", /^Weighted sums of layer 1 neuron \d of layer 1/);
      const followed = await one.page.$eval(".step-value.followed", (each) => each.textContent);
      expect(Number(words.match(/= ([−\d.]+)$/)?.[1].replace("−", "-"))).toBeCloseTo(
        Number(followed?.replace("−", "-")),
        1,
      );
      await press("End");
      await one.says("stage", /^New loss, with the new weights/);
      expect(await seenBy("chromium", one)).toEqual([]);
      await one.press("All on one page");
      await one.page.waitForSelector("[data-testid=explanation]");
      await one.press("Close the steps");
      await one.until(() => document.activeElement?.textContent === "Step through one sample");
      await one.press("See neuron 2 of layer 1 large");
      await one.press("Back to the output");
    });
  });

  describe("faults", () => {
    it("a link with nonsense, about a file that is not here; a learning rate that diverges is told, and mended by one press", async () => {
      const one = await visit("#source=csv&noise=loud&hidden=4-x&colour=red&batchSize=-1");
      const text = await one.text("message");
      for (const part of ["noise", "loud", "hidden", "colour: unknown", "batchSize"]) expect(text).toContain(part);
      await one.press("Close");
      await one.says("empty", /Drop your file here.*stayed with whoever made the link/);
      await one.press("Circle");
      await one.ready();
      await one.epochs(1);
      await check("a rate that diverges", async () => {
        await one.follow("#source=plane&features=2-3&hidden=&optimizer=sgd&learningRate=10");
        await one.press("Play");
        const said = await one.says("message", /NaN|Infinity|not finite/);
        const [name] = /Begin anew with a learning rate of [\d.e-]+/.exec(said) ?? [""];
        await one.press(name);
        await one.says("epoch", /^\d{2,}/);
        expect(await one.page.$("[data-testid=message]")).toBeNull();
        await one.press("Pause");
      });
    });

    it("without isolation there is one thread, and it works", async () => {
      const one = await visit("", { place: "plain" });
      await one.ready();
      await one.until(() => /one thread \(the host/.test(document.querySelector(".engine")?.textContent ?? ""));
      await one.epochs(1);
    });

    it("where a worker may not start the engine runs on the page's thread", async () => {
      const before = "window.Worker = class { constructor() { setTimeout(() => this.onerror()); } terminate() {} };";
      const one = await readyVisit("", { before });
      await one.until(() => /could not start/.test(document.querySelector(".engine")?.textContent ?? ""));
      await one.epochs(1);
    });

    // Timers of a hidden page wait up to a second, messages do not: by timers, 60 turns would outlast all patience.
    it("without workers the engine runs on the page's thread, with the same weights; hidden pages train on, with a worker and without", async () => {
      const before = `delete window.Worker;
        window.turns = 0;
        const Channel = window.MessageChannel;
        window.MessageChannel = class extends Channel { constructor() { super(); window.turns++; } };`;
      const other = await readyVisit("", { before });
      await check("without workers", async () => {
        await other.until(() => document.querySelector(".engine")?.textContent?.includes("no workers") ?? false);
        expect(await other.epochs(2)).toBe(await hashInNode(defaults, 2));
      });
      const one = await readyVisit();
      await one.press("Play");
      await one.says("epoch", /^\d{2,}/);
      const epoch = Number.parseInt(await one.text("epoch"), 10);
      await other.cover(one);
      await other.press("Play");
      await other.says("epoch", /^\d{2,}/);
      await one.cover(other);
      await check("hidden, with a worker", async () => {
        await one.says("epoch", new RegExp(`^(?!${epoch}\\b)\\d+`));
        await one.press("Pause");
        await one.until(() => document.querySelector("header .primary")?.textContent === "Play");
      });
      await check("hidden, without a worker", async () => {
        const isHidden = () => other.page.evaluate(() => document.visibilityState === "hidden");
        expect(await isHidden()).toBe(true);
        const turns = await other.page.evaluate(() => (window as unknown as { turns: number }).turns);
        await other.until((from) => (window as unknown as { turns: number }).turns > Number(from) + 60, String(turns));
        expect(await isHidden()).toBe(true);
      });
    });
  });

  describe("for everyone", () => {
    it("by keyboard alone", async () => {
      const one = await readyVisit();
      const { keyboard } = one.page;
      await keyboard.press("e");
      await one.says("epoch", /^1$/);
      await one.until(() => document.querySelector("header .primary")?.textContent === "Play");
      await keyboard.press(" ");
      await one.says("epoch", /^\d{2,}/);
      await keyboard.press(" ");
      await one.until(() => document.querySelector("header .primary")?.textContent === "Play");
      const seen: string[] = [];
      for (let i = 0; i < 80 && !seen.includes("Results"); i++) {
        await keyboard.press("Tab");
        seen.push(
          await one.page.evaluate(() => {
            const active = document.activeElement as HTMLInputElement;
            return active.getAttribute("aria-label") ?? active.labels?.[0]?.textContent ?? active.textContent ?? "";
          }),
        );
      }
      expect(seen).toEqual(expect.arrayContaining(["Reset", "Play", "Spiral", "Add a layer", "Optimizer", "Results"]));
      await keyboard.press("ArrowRight");
      await one.until(() => document.querySelector("[aria-selected=true]")?.textContent === "Weights and gradients");
    });

    it("360 pixels are enough, for the plane and for images", async () => {
      const one = await readyVisit("", { width: 360, height: 740 });
      const width = () => one.page.evaluate(() => document.documentElement.scrollWidth);
      for (const source of ["spiral", "digits"]) {
        if (source !== "spiral") await one.follow(`#source=${source}`);
        await one.epochs(1);
        for (const tab of ["Results", "Weights and gradients", "Glass box", "Export"]) {
          await one.press(tab);
          await one.until(() => document.querySelector("#tab-panel > *") !== null);
          expect(await width(), `${source}, ${tab}`).toBeLessThanOrEqual(360);
        }
        await one.page.focus(".begin");
        await one.page.keyboard.press("Enter");
        await one.says("stage", /^One sample enters/);
        expect(await width(), `${source}, one sample`).toBeLessThanOrEqual(360);
      }
      await check("names of 300 letters", async () => {
        const name = "x".repeat(300);
        const lines = Array.from({ length: 30 }, (_, i) => `${(i * 7) % 23},${i % 2 ? name : "b"}`);
        await one.drop("long.csv", [`${name},${name}2`, ...lines].join("\n"));
        await one.press("Use it");
        await one.until(() => location.hash.includes("source=csv"));
        await one.ready();
        for (const tab of ["Results", "Ask it"]) {
          await one.press(tab);
          expect(await width(), tab).toBeLessThanOrEqual(360);
        }
      });
    });

    it("a frame of another page has plane, network and Play alone, and axe has nothing to say about it", async () => {
      const one = await readyVisit("#source=xor&embed", { width: 600, height: 600 });
      expect(await one.page.$$eval("section", (all) => all.map((each) => each.ariaLabel))).toEqual([
        "Network",
        "Output",
      ]);
      expect(await seenBy("firefox", one)).toEqual([]);
    });

    it("a chapter sets itself up, sees a task done, and stays within 360 pixels; so do the tabs that explain", async () => {
      const one = await readyVisit("#chapter=4");
      await one.until(() => location.hash.includes("source=xor"));
      await one.ready();
      await one.press("Play");
      await one.says("news", /^Done: A network without a hidden layer/);
      await one.press("Pause");
      expect(await one.page.evaluate(() => localStorage.getItem("playground.course"))).toBe("training-line");
      await one.press("Loss landscape");
      await one.says("landscape-end", /^0\.6|^0\.7/);
      await one.press("Bent space");
      await one.says("bend-empty", /two neurons/);
      await one.press("By hand");
      await one.press("2-2-1: weights 0 and 1, bias 0");
      await one.says("output-1-0", /^0\.72163$/);
      await one.press("Take this step");
      await one.says("output-1-0", /^0\.72798$/);
      await one.page.setViewport({ width: 360, height: 740 });
      await one.until(() => document.documentElement.scrollWidth <= 360); // once the curves have the new width
      expect(await seenBy("firefox", one)).toEqual([]);
      await one.page.setViewport({ width: 1300, height: 900 });
      await one.page.focus(".chapters li:nth-child(5) button");
      await one.page.keyboard.press("Enter");
      await one.until(() => document.querySelector(".course h2")?.textContent === "5. Ways to descend");
      await one.press("Forget what is done");
    });

    it("a lesson is made, with a preview, and axe has nothing to say about its editor", async () => {
      const one = await readyVisit("#source=xor");
      await one.page.click("details.more summary");
      await one.press("Make a lesson …");
      await one.fill("Title", "Two lines");
      await one.fill("Goal: accuracy in percent", "95");
      await one.press("Training");
      const lesson = "#title=Two+lines&goal=0.95&hide=training&source=xor";
      await one.page.waitForSelector(`[data-testid=preview][src$="${lesson}"]`);
      expect(await seenBy("chromium", one)).toEqual([]);
      await one.press("Close the editor");
      const other = await readyVisit(lesson);
      await other.says("goal", /^Goal: test accuracy of 95 %/);
      expect(await other.page.$("section.training")).toBeNull();
    });

    it.each([browser.name === "firefox" ? "light" : "dark"])(
      "axe has nothing to say about the %s page",
      async (theme) => {
        const one = await readyVisit();
        await one.until(() => document.documentElement.dataset.theme !== undefined);
        const now = await one.page.evaluate(() => document.documentElement.dataset.theme);
        if (now !== theme) await one.press("Theme");
        await one.epochs(1);
        for (const tab of ["Results", "Weights and gradients", "Glass box", "Export"]) {
          await one.press(tab);
          expect(await violations(one.page), tab).toEqual([]);
        }
        await one.drop("flowers.csv", flowers);
        await one.page.waitForSelector("dialog table");
        expect(await violations(one.page), "dialog").toEqual([]);
        await one.press("Use it");
        await one.press("Ask it");
        expect(await violations(one.page), "form").toEqual([]);
        await one.press("Digits");
        await one.says("confusion", /9/);
        expect(await violations(one.page), "digits").toEqual([]);
      },
    );
  });
});

async function gzippedSize(address: URL): Promise<number> {
  return gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer())).length;
}
