/** One visit to the playground, by what a visitor sees: buttons by their names, fields by their labels. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser as Driver, type ElementHandle, type Page } from "puppeteer-core";
import type { Browser } from "../../test/browsers/finder.js";

/** Milliseconds in which something must have happened, also on a machine that does other things. */
const PATIENCE = 45_000;

/** As in Firefox, no document is kept for a way back to it: each visit would pay for the one before. */
const CHROMIUM = [
  ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  ...["--disable-features=BackForwardCache", "--js-flags=--single-threaded-gc"],
];

export function drive({ name, path }: Browser): Promise<Driver> {
  return puppeteer.launch({
    browser: name === "firefox" ? "firefox" : "chrome",
    executablePath: path,
    headless: true,
    args: name === "firefox" ? [] : CHROMIUM,
    // Painting without a graphics card took a sixth of Firefox's time, and nobody watches: every sixth picture is enough.
    extraPrefsFirefox: { "layout.frame_rate": 10, "browser.sessionhistory.max_total_viewers": 0 },
    // Nobody asks the browser what it has loaded, and its reports about each file cost time.
    networkEnabled: false,
  });
}

/**
 * The first result that is not false, asked for every 50 ms, as one call to the browser: `waitForFunction` makes five, and
 * a call costs as much as what a test does in it.
 */
async function poll<A extends unknown[], R>(
  page: Page,
  test: (...given: A) => R | Promise<R>,
  ...given: A
): Promise<NonNullable<R>> {
  const found = (await page.evaluate(`(async () => {
    const test = ${test};
    for (const end = performance.now() + ${PATIENCE}; performance.now() < end; ) {
      const found = await test(...${JSON.stringify(given)});
      if (found) return found;
      await new Promise((next) => setTimeout(next, 50));
    }
  })()`)) as NonNullable<R> | undefined;
  if (found === undefined) throw new Error(`Waited in vain, with ${JSON.stringify(given)}, for ${test}`);
  return found;
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  /** JavaScript that runs before the page's own. */
  readonly before?: string;
  /** Options of the page, as in its address. */
  readonly manner?: string;
}

interface Download {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BEGIN = "A document begins.";
/**
 * Firefox lays out what it has read of a document, and says this of a formula that is not complete yet. That formulas are
 * right in the end is tested in test/explain.test.ts.
 */
const UNFINISHED = /Invalid markup: Incorrect number of children for <\w+\/> tag/;

/** Says that a document begins, and keeps what would be downloaded. */
const BEFORE = `
  console.debug("${BEGIN}");
  window.downloads = [];
  const blobs = new Map();
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => { const url = create(blob); blobs.set(url, blob); return url; };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    if (!this.download) return click.call(this);
    window.downloads.push({ name: this.download, blob: blobs.get(this.href) });
  };`;

const folder = mkdtempSync(join(tmpdir(), "playground-"));

/** A file on disk, as one that is uploaded must be. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/**
 * The pages of visits that are over, for the next ones, the last one first: a new page, with a process of its own, costs as
 * much as what the playground does in it.
 */
const idle = new WeakMap<Driver, Page[]>();
let visits = 0;

async function pageFor(driver: Driver): Promise<Page> {
  const known = idle.get(driver)?.pop();
  if (known) {
    await known.bringToFront();
    return known;
  }
  const page = await driver.newPage();
  await page.evaluateOnNewDocument(BEFORE);
  return page;
}

export class Visit {
  readonly page: Page;
  /** Errors that nothing caught, and those that the browser writes to its console. */
  readonly errors: string[] = [];

  /** Identifier of the script that runs before the page's own in this visit alone; `""` for none. */
  readonly #before: string;
  #isMinimized = false;

  private constructor(page: Page, before: string) {
    this.page = page;
    this.#before = before;
    let hasBegun = false;
    page.on("pageerror", (error) => {
      if (!UNFINISHED.test(String(error))) this.errors.push(String(error));
    });
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
      if (hasBegun || message.text() !== BEGIN) return;
      // Until now the page showed the last visit, whose unfinished loading fails as it is left.
      this.errors.length = 0;
      hasBegun = true;
    });
  }

  static async open(driver: Driver, address: string, options: VisitOptions = {}): Promise<Visit> {
    const { width = 1300, height = 900, before = "" } = options;
    const page = await pageFor(driver);
    const visit = new Visit(page, before && (await page.evaluateOnNewDocument(before)).identifier);
    await page.setViewport({ width, height });
    // An address that differs from the last one in nothing but its hash would not be loaded.
    const [place, hash = ""] = address.split("#");
    // Nothing plays by itself, at full speed and without an end of its own, unless a test wants it.
    const { manner = "autoplay=false&speed=max&stop=false" } = options;
    await page.goto(`${place}?visit=${++visits}&${manner}${hash && `#${hash}`}`);
    await visit.until(() => document.querySelector("[data-testid=hash]") !== null);
    return visit;
  }

  /** Shows this page and hides another. */
  async cover(other: Visit): Promise<void> {
    await this.page.bringToFront();
    const [own, covered] = [await this.page.windowId(), await other.page.windowId()];
    // In one window it is out of sight now. Each page has a window of its own in Chromium's headless shell.
    if (own === covered) return;
    const browser = this.page.browser();
    await browser.setWindowBounds(own, { windowState: "normal" });
    await browser.setWindowBounds(covered, { windowState: "minimized" });
    other.#isMinimized = true;
    this.#isMinimized = false;
  }

  /** Waits until the model is there. */
  async ready(): Promise<this> {
    await this.until(() => /^[0-9a-f]{8}$/.test(document.querySelector("[data-testid=hash]")?.textContent ?? ""));
    return this;
  }

  /** Follows a link to another setup in the page that is open, and waits until its model is there. */
  async follow(hash: string): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await this.says("epoch", /^0$/);
    await this.ready();
  }

  until(test: (argument: string) => boolean, argument = ""): Promise<unknown> {
    return poll(this.page, test, argument);
  }

  /** Waits until an element says something that fits. */
  async says(testId: string, pattern: RegExp): Promise<string> {
    const says = (id: string, source: string) => {
      const text = document.querySelector(`[data-testid=${id}]`)?.textContent ?? "";
      return new RegExp(source).test(text) && { text };
    };
    const found = await poll(this.page, says, testId, pattern.source);
    return (found as { text: string }).text;
  }

  text(testId: string): Promise<string> {
    return this.page.evaluate((id) => {
      const element = document.querySelector(`[data-testid=${id}]`);
      if (!element) throw new Error(`There is no ${id}.`);
      return element.textContent ?? "";
    }, testId);
  }

  /** Presses a button, tab or switch by its name, as soon as it can be pressed and has come to rest. */
  async press(name: string): Promise<void> {
    const place = async (wanted: string) => {
      const element = [
        ...document.querySelectorAll<HTMLElement>("button:not(:disabled), label.chip, label.switch"),
      ].find((each) => (each.getAttribute("aria-label") ?? each.textContent)?.trim() === wanted);
      element?.scrollIntoView({ block: "center", behavior: "instant" });
      const middle = () => {
        const box = element?.getClientRects()[0];
        return box && box.width >= 1 && box.height >= 1 && [box.x + box.width / 2, box.y + box.height / 2];
      };
      const before = middle();
      if (!before) return false;
      // A page that is still growing would move the button away from the pointer: a chart takes its size in the second
      // frame. A hidden page draws no frames.
      const frames = new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
      await Promise.race([frames, new Promise((next) => setTimeout(next, 200))]);
      const now = middle();
      if (!now || now[0] !== before[0] || now[1] !== before[1]) return false;
      document.addEventListener(
        "click",
        ({ target }) => {
          document.documentElement.dataset.missed = element?.contains(target as Node) ? "" : wanted;
        },
        { once: true, capture: true },
      );
      return now;
    };
    // A part of the page that has just been loaded may still move the button.
    const misses = (wanted: string) => document.documentElement.dataset.missed === wanted;
    do {
      const [x, y] = (await poll(this.page, place, name)) as number[];
      await this.page.mouse.click(x, y);
    } while (await this.page.evaluate(misses, name));
  }

  /** Types into a field, or chooses from a list, by its label. */
  async fill(label: string, text: string): Promise<void> {
    // Parts of the page are loaded when they are first shown.
    const fill = (wanted: string, value: string) => {
      const own = [...document.querySelectorAll("label")].find(
        (each) => (each.querySelector("span") ?? each).textContent?.trim() === wanted,
      );
      if (!own) return false;
      const field = own.control as HTMLInputElement | HTMLSelectElement | null;
      if (!field) throw new Error(`There is no field "${wanted}".`);
      field.focus();
      const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")?.set;
      set?.call(field, value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.blur();
      return true;
    };
    await poll(this.page, fill, label, text);
  }

  /** Chooses files in the dialog of a button. */
  async choose(label: string, ...paths: string[]): Promise<void> {
    const input = await this.page.waitForSelector(`input[aria-label="${label}"]`);
    await (input as ElementHandle<HTMLInputElement>).uploadFile(...paths);
  }

  /** Drops a file, by default onto the panel of the data. */
  async drop(name: string, content: string | Uint8Array, onto = ".data"): Promise<void> {
    await this.page.evaluate(
      (fileName, bytes, selector) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([Uint8Array.from(bytes)], fileName));
        document.querySelector(selector)?.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
      },
      name,
      [...Buffer.from(content)],
      onto,
    );
  }

  /** Drags a file over an element. */
  async drag(over: string): Promise<void> {
    await this.page.evaluate((selector) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([], "a"));
      for (const type of ["dragenter", "dragover"]) {
        document.querySelector(selector)?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
      }
    }, over);
    await this.page.waitForSelector(`${over}.over`);
  }

  /** Trains epochs, one press each. */
  async epochs(count: number): Promise<string> {
    for (let i = 0; i < count; i++) {
      const before = Number.parseInt(await this.text("epoch"), 10);
      await this.press("Epoch");
      await this.says("epoch", new RegExp(`^${before + 1}$`));
    }
    await this.until(() => document.querySelector("header .primary")?.textContent === "Play");
    return this.text("hash");
  }

  /** Draws a line over the pad, given in shares of its side. */
  async draw(...points: [x: number, y: number][]): Promise<void> {
    const pad = (await this.page.$("[data-testid=pad]")) as ElementHandle;
    await pad.evaluate((each) => each.scrollIntoView({ block: "center" }));
    const box = await pad.boundingBox();
    if (!box) throw new Error("There is no pad.");
    const { mouse } = this.page;
    const [first, ...others] = points.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const);
    await mouse.move(...first);
    await mouse.down();
    for (const point of others) await mouse.move(...point, { steps: 4 });
    await mouse.up();
  }

  /** The last download. */
  async download(): Promise<Download> {
    await this.until(() => (window as unknown as { downloads: unknown[] }).downloads.length > 0);
    const [name, text] = await this.page.evaluate(async () => {
      const all = (window as unknown as { downloads: { name: string; blob: Blob }[] }).downloads;
      const [last] = all.splice(all.length - 1);
      const bytes = new Uint8Array(await last.blob.arrayBuffer());
      return [last.name, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))] as const;
    });
    return { name, bytes: Buffer.from(text, "base64") };
  }

  async close(): Promise<void> {
    for (const event of ["pageerror", "console"] as const) this.page.removeAllListeners(event);
    if (this.#isMinimized) {
      await this.page.browser().setWindowBounds(await this.page.windowId(), { windowState: "normal" });
    }
    if (this.#before) await this.page.removeScriptToEvaluateOnNewDocument(this.#before);
    const driver = this.page.browser();
    idle.set(driver, [...(idle.get(driver) ?? []), this.page]);
  }
}
