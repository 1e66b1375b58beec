/**
 * Runs before the tests in browsers: those that are missing are installed here, once, because test files that run side
 * by side would get into each other's way. What cannot be had is told by the tests.
 */
import { findBrowsers } from "./finder.js";

export default async function install(): Promise<void> {
  await findBrowsers().catch(() => {});
}
