/** Some rows of a CSV file, found again by their numbers. */
import { csvRows } from "./csvRows.js";
import { openFile } from "./paths.js";
import { nameOf } from "./tables.js";

/** Rows as text, and their numbers from 0. */
export interface FoundRows {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, readonly (string | null)[]>>;
  readonly rowNumbers: Uint32Array;
}

/** @param numbers At least one. */
export async function rowsAt(path: string, numbers: readonly number[]): Promise<FoundRows> {
  const wanted = Uint32Array.from(new Set(numbers)).sort();
  const found: Record<string, string | null>[] = [];
  let [begin, names]: [number, readonly string[]] = [0, []];
  const { file } = await openFile(path, "a CSV file");
  for await (const chunk of csvRows(nameOf(path), file.createReadStream())) {
    names = chunk.names;
    while (found.length < wanted.length && wanted[found.length] < begin + chunk.rows.length) {
      found.push(chunk.rows[wanted[found.length] - begin]);
    }
    if (found.length === wanted.length) break;
    begin += chunk.rows.length;
  }
  return {
    rows: found.length,
    names,
    columns: Object.fromEntries(names.map((name) => [name, found.map((row) => row[name])])),
    rowNumbers: wanted.subarray(0, found.length),
  };
}
