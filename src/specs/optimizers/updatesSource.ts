/** Loads the rare updates from a file of their own. The build for Node has `updatesSourceInNode.ts` instead. */

export async function fetchUpdates() {
  return (await import("./rareUpdates.js")).rareUpdates;
}
