// What the build does to the code that every program downloads: fewer bytes, and nothing else.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shortened } from "../scripts/shortened.mjs";

const code = `// src/base/count.ts
import { first } from "./other.js";
/**
* Counts.
*/
var Count = class {
	start;
	#steps;
	static last;
	by = 1;
	constructor(start) {
		this.start = start;
		this.#steps = first;
	}
	get sum() {
		return this.start + this.#steps * this.by;
	}
};
// src/base/options.ts
// @__NO_SIDE_EFFECTS__
function via(check, ...fallback) {
	if (fallback.length === 0) return {
		presence: "needed",
		check
	};
	return {
		presence: "default",
		check,
		fallback: fallback[0]
	};
}
const made = /* @__PURE__ */ via(Number.isFinite);
const unused = Math.random();
const table = { early, sum: () => new Later().sum() };
function early() {
	return 1;
}
function deep() {
	return early() + 1;
}
class Later {
	sum() {
		return deep();
	}
}
async function waits(text, { by = 2 } = {}) {
	await null;
	for (const one of text) if (one === "x") return by;
	return late(text);
}
const after = { late };
function late(text) {
	return text.length;
}
export { Count as a, made as b, unused as c, table as d, waits as e, after as f };
`;

describe("the core after the build", async () => {
  const short = await shortened(code);

  it("does the same", async () => {
    const other = "data:text/javascript,export const first = 3;";
    const [before, after] = await Promise.all(
      [code, short].map((text) => {
        const module = text.replace("./other.js", other);
        return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(module)}`);
      }),
    );
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const { a: Count, b, d, e, f } of [before, after]) {
      expect([d.early(), d.sum(), await e("ax"), await e("a", {}), f.late("abc")]).toEqual([1, 2, 2, 1, 3]);
      const count = new Count(4);
      expect([count.sum, { ...count }, Object.hasOwn(Count, "last")]).toEqual([7, { start: 4, by: 1 }, true]);
      expect(b).toEqual({ presence: "needed", check: Number.isFinite });
    }
  });

  it("has no fields that only declare a type, and shorter statements", () => {
    expect(short).not.toMatch(/^\s*start;$/m);
    expect(short).toContain("#steps;");
    expect(short).not.toContain("if (fallback.length");
    expect(short.length).toBeLessThan(code.length);
  });

  it("has arrows for functions that nothing calls or stores before their line", () => {
    expect(short).toContain("const waits = async (text, { by = 2 } = {}) => {");
    for (const name of ["early", "late", "via"]) expect(short).toContain(`function ${name}(`);
  });

  it("keeps names, lines, what bundlers drop code by, and where modules begin", () => {
    for (const kept of [
      "this.start",
      "fallback",
      "unused",
      "@__NO_SIDE_EFFECTS__\nfunction via",
      "/* @__PURE__ */ via",
    ]) {
      expect(short).toContain(kept);
    }
    expect(short.match(/^\/\/ src\/\S+$/gm)).toEqual(["// src/base/count.ts", "// src/base/options.ts"]);
    expect(short.split("\n").length).toBeGreaterThan(20);
  });

  it("is what the package holds", () => {
    const core = readFileSync(new URL("../build/js/chunks/core.js", import.meta.url), "utf8");
    expect(core).not.toMatch(/^\t[a-z]\w*;\n\t(?:constructor|#?\w+[;(])/m);
    expect(core.match(/__NO_SIDE_EFFECTS__/g)?.length).toBeGreaterThan(10);
    expect(core.match(/^\/\/ src\//gm)?.length).toBeGreaterThan(50);
  });
});
