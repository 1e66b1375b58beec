/** The version of the package that this program is part of. */
import { createRequire } from "node:module";

export function version(): string {
  return createRequire(import.meta.url)("simdgrad/package.json").version;
}
