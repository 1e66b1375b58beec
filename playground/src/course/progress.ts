/** What has been done, as the browser remembers it: the ids of tasks. */
import { chapters } from "./chapters.js";

const ids = new Set(chapters.flatMap(({ tasks }) => tasks.map(({ id }) => id)));

/** Ids from a remembered text; those of no task are dropped. */
export function readProgress(text: string | null): ReadonlySet<string> {
  return new Set((text ?? "").split(" ").filter((id) => ids.has(id)));
}

export const writeProgress = (done: ReadonlySet<string>): string => [...done].join(" ");

/** Tasks of a chapter that are done, of how many. */
export function countDone(chapter: number, done: ReadonlySet<string>): { done: number; all: number } {
  const { tasks } = chapters[chapter];
  return { done: tasks.filter(({ id }) => done.has(id)).length, all: tasks.length };
}
