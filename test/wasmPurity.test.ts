// The Wasm core imports a memory and nothing else, holds no state but a thread's patience, and stays small.
import { describe, expect, it } from "vitest";
import type { Variant } from "../src/runtime/features.js";
import { wasmBytes } from "./support/rawWasm.js";

const SECTIONS = ["custom", "type", "import", "function", "table", "memory", "global", "export"] as const;
const LATER_SECTIONS = ["start", "element", "code", "data", "dataCount"] as const;
const KINDS = ["function", "table", "memory", "global"] as const;
const KILOBYTE = 1024;

const SHIPPED: readonly Variant[] = ["simd", "simd-threads", "relaxed", "relaxed-threads"];

interface Section {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Unsigned LEB128 at `at`: the value and the position after it. */
function readUnsigned(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function sectionsOf(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = 8; at < bytes.length; ) {
    const [size, begin] = readUnsigned(bytes, at + 1);
    sections.push({ name: [...SECTIONS, ...LATER_SECTIONS][bytes[at]], content: bytes.subarray(begin, begin + size) });
    at = begin + size;
  }
  return sections;
}

function contentOf(bytes: Uint8Array, wanted: string): Uint8Array {
  const section = sectionsOf(bytes).find(({ name }) => name === wanted);
  if (!section) throw new Error(`no section ${wanted}`);
  return section.content;
}

function readName(bytes: Uint8Array, at: number): [name: string, next: number] {
  const [length, begin] = readUnsigned(bytes, at);
  return [new TextDecoder().decode(bytes.subarray(begin, begin + length)), begin + length];
}

/** All imports as `module.name kind`. Parsed by hand, because Node 20 cannot compile the relaxed builds. */
function importsOf(bytes: Uint8Array): string[] {
  const content = contentOf(bytes, "import");
  const [count, begin] = readUnsigned(content, 0);
  // A memory ends the list or is followed by what must not be there: reading one import is enough.
  const [module, afterModule] = readName(content, begin);
  const [name, afterName] = readName(content, afterModule);
  return [`${module}.${name} ${KINDS[content[afterName]]}`, ...Array(count - 1).fill("another")];
}

/** All exports as `name kind`. */
function exportsOf(bytes: Uint8Array): string[] {
  const content = contentOf(bytes, "export");
  let [count, at] = readUnsigned(content, 0);
  const found: string[] = [];
  for (; count > 0; count--) {
    const [name, afterName] = readName(content, at);
    found.push(`${name} ${KINDS[content[afterName]]}`);
    at = readUnsigned(content, afterName + 1)[1];
  }
  return found.sort();
}

/** Byte sequences in the code that read as a SIMD instruction from 0x100 on: the relaxed ones, and only they. */
function countRelaxed(code: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 2 < code.length; at++) {
    const isRelaxed = code[at] === 0xfd && code[at + 1] >= 0x80 && code[at + 1] <= 0x93 && code[at + 2] === 0x02;
    if (isRelaxed) count++;
  }
  return count;
}

/** Byte sequences that read as `memory.atomic.wait32`, aligned, with any small offset. */
function countWaits(code: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 2 < code.length; at++)
    if (code[at] === 0xfe && code[at + 1] === 1 && code[at + 2] === 2) count++;
  return count;
}

describe.each(SHIPPED)("%s", (variant) => {
  const bytes = wasmBytes(variant);

  it("imports a memory and exports two functions, or six with threads", () => {
    expect(importsOf(bytes)).toEqual(["env.memory memory"]);
    const ofThreads = ["dismiss", "resume", "run", "runShared", "serve", "widen"];
    const names = variant.endsWith("threads") ? ofThreads : ["run", "widen"];
    expect(exportsOf(bytes)).toEqual(names.map((name) => `${name} function`));
  });

  it("has no tables, data or start function, and no globals but two of the barrier", () => {
    const isThreaded = variant.endsWith("threads");
    const names = sectionsOf(bytes).map(({ name }) => name);
    const globals = isThreaded ? ["global"] : [];
    expect(names.filter((name) => name !== "custom")).toEqual([
      "type",
      "import",
      "function",
      ...globals,
      "export",
      "code",
    ]);
    // How long this thread spins, and how often it has slept: how it waits, not what it computes.
    if (isThreaded) expect(readUnsigned(contentOf(bytes, "global"), 0)[0]).toBe(2);
  });

  it("stays within 96 KB", () => {
    expect(bytes.length).toBeLessThanOrEqual(96 * KILOBYTE);
  });

  it("has the features of its name and no others", () => {
    const code = contentOf(bytes, "code");
    expect(countRelaxed(code) > 0).toBe(variant.startsWith("relaxed"));
    expect(countWaits(code) > 0).toBe(variant.endsWith("threads"));
  });
});

describe("draw", () => {
  it("imports a memory, exports one function, and holds no state", () => {
    const bytes = wasmBytes("draw");
    expect(importsOf(bytes)).toEqual(["env.memory memory"]);
    expect(exportsOf(bytes)).toEqual(["drawRow function"]);
    const sections = sectionsOf(bytes).map(({ name }) => name);
    expect(sections.filter((name) => name !== "custom")).toEqual(["type", "import", "function", "export", "code"]);
  });
});

describe.each(["quantized", "quantized-relaxed"] as const)("%s", (variant) => {
  const bytes = wasmBytes(variant);

  it("imports a memory, exports six functions, and holds no state", () => {
    expect(importsOf(bytes)).toEqual(["env.memory memory"]);
    const names = ["activateRows", "listSteps", "listedRows", "productRows", "quantizeRows", "scaleRows"];
    expect(exportsOf(bytes)).toEqual(names.map((name) => `${name} function`));
    const sections = sectionsOf(bytes).map(({ name }) => name);
    expect(sections.filter((name) => name !== "custom")).toEqual(["type", "import", "function", "export", "code"]);
  });

  // Nothing may be fused: 0xfd 0x93 0x02 is the product of bytes, the only relaxed instruction with one result.
  it("has relaxed products of bytes, and no other relaxed instruction", () => {
    const code = contentOf(bytes, "code");
    const products = code.filter((byte, at) => byte === 0xfd && code[at + 1] === 0x93 && code[at + 2] === 0x02);
    expect(products.length > 0).toBe(variant === "quantized-relaxed");
    expect(countRelaxed(code)).toBe(products.length);
  });
});
