/** Files of others, damaged by a seeded hand: readers may refuse them or read them, and do nothing else. */
import { expect } from "vitest";
import { SimdgradError } from "../../src/base/errors.js";
import { Random } from "../../src/base/random.js";
import { isQuick } from "../support/inFull.js";

/** Mutations of each file set: 1500, 300 in the quick run, or the variable MUTATIONS of the environment for the long proof. */
export const MUTATIONS = Number(process.env.MUTATIONS ?? (isQuick ? 300 : 1500));
/** Mutations for a reader that takes long: one of `parts`, but all of them in the long proof. */
export const partOf = (parts: number) => (process.env.MUTATIONS ? MUTATIONS : Math.ceil(MUTATIONS / parts));
/** Another number draws other mutations: a long proof can run in pieces. */
export const MUTATION_SEED = Number(process.env.MUTATION_SEED ?? 0);

/** Numbers that programs trip over, as text and as 32 bits. */
const TEXTS = [
  "-1",
  "0",
  "1e400",
  "1e308",
  "4294967296",
  "9007199254740993",
  "null",
  '""',
  "[]",
  "{}",
  "[[",
  '"__proto__"',
];
const WORDS = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 0x0100_0000];

/** One damaged copy of a file. */
function damage(file: Uint8Array, random: Random): Uint8Array {
  const below = (count: number) => (count > 0 ? random.uint32() % count : 0);
  const at = below(file.length);
  const splice = (from: number, to: number, middle: Uint8Array) => {
    const copy = new Uint8Array(from + middle.length + Math.max(0, file.length - to));
    copy.set(file.subarray(0, from));
    copy.set(middle, from);
    copy.set(file.subarray(to), from + middle.length);
    return copy;
  };
  switch (below(6)) {
    case 0: // a bit
      return splice(at, at + 1, Uint8Array.of(file[at] ^ (1 << below(8))));
    case 1: // the end is missing
      return file.slice(0, at);
    case 2: // a part is missing
      return splice(at, Math.min(file.length, at + 1 + below(40)), new Uint8Array());
    case 3: {
      // a part is there twice
      const part = file.slice(at, at + 1 + below(40));
      return splice(at, at, part);
    }
    case 4: {
      // a number of 32 bits
      const word = WORDS[below(WORDS.length)];
      return splice(at, at + 4, Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24));
    }
    default: {
      // another value in the place of a number or a name
      const text = new TextEncoder().encode(TEXTS[below(TEXTS.length)]);
      return splice(at, at + 1 + below(12), text);
    }
  }
}

/**
 * Reads damaged copies of files. Fails for an error that is not ours, for a file that takes a second, and for buffers of
 * more than 16 times the size of the file.
 * @returns how many were read all the same, and the milliseconds of the slowest
 */
export async function readDamaged(
  files: readonly Uint8Array[],
  read: (file: Uint8Array) => unknown,
  { count = MUTATIONS, seed = 1 } = {},
): Promise<{ accepted: number; slowest: number }> {
  const random = Random.fromSeed(seed + 1000 * MUTATION_SEED, 0x6d757461);
  let accepted = 0;
  let slowest = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const file = damage(files[i % files.length], random);
    const buffers = process.memoryUsage().arrayBuffers;
    const began = performance.now();
    try {
      await read(file);
      accepted++;
    } catch (error) {
      if (!(error instanceof SimdgradError)) throw new Error(`mutation ${i}: ${error}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - began);
    const grown = process.memoryUsage().arrayBuffers - buffers;
    expect(grown, `bytes for mutation ${i} of ${file.length} bytes`).toBeLessThan(16 * file.length + 2 ** 20);
    largest = Math.max(largest, grown);
  }
  if (process.env.MUTATIONS) {
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    const { currentTestName } = expect.getState();
    console.log({ currentTestName, seed, count, accepted, slowest, largest, megabytesOfTheProcess: peak });
  }
  expect(slowest).toBeLessThan(1000);
  return { accepted, slowest };
}
