/**
 * Runs once before the tests in browsers. It installs browsers that are missing and builds the playground: test files
 * that run side by side would get into each other's way. The tests report a browser that cannot be had.
 */
import { buildPlayground } from "../../scripts/playground.mjs";
import { findBrowsers } from "./finder.js";

/** Both projects with browsers ask for the same preparation, each with an instance of this module. */
const common = globalThis as typeof globalThis & { prepared?: Promise<void> };

async function prepare(): Promise<void> {
  const browsers = await findBrowsers().catch(() => [null]);
  if (browsers.length === 0) return;
  await buildPlayground();
}

export default function install(): Promise<void> {
  common.prepared ??= prepare();
  return common.prepared;
}
