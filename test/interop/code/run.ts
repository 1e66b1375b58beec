/** Runs generated code. */

/** What a generated module exports. */
export interface Generated {
  readonly inputs: number;
  readonly outputs: number;
  readonly features: readonly string[] | null;
  readonly classes: readonly unknown[] | null;
  predict(input: unknown): number[] | number[][];
  predictClass?(input: unknown): unknown;
}

/** Imports the text of a module, as a file would be. */
export function importText(text: string): Promise<Generated> {
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

/** The rows of a flat array. */
export function rowsOf(x: Float32Array, width: number): number[][] {
  return Array.from({ length: x.length / width }, (_, i) => Array.from(x.subarray(i * width, (i + 1) * width)));
}
