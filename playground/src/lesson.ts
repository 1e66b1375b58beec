/** Lessons as links: what the page shows of itself, with title, task and goal, beside the setup. */
import type { Tempo } from "./engine/pace.js";
import { type Goal, goalKeys, isGoal } from "./goal.js";
import { type Panel, panels } from "./pageOptions.js";

export interface Lesson {
  readonly title: string;
  readonly task: string;
  /** What is to be reached, as it is typed, the accuracy in percent; empty for nothing. */
  readonly goal: Readonly<Record<keyof Goal, string>>;
  readonly hide: readonly Panel[];
  readonly embed: boolean;
  /** `page`: as the page decides. */
  readonly autoplay: "page" | "true" | "false";
  readonly speed: Tempo | "page";
  readonly stop: boolean;
}

export const noLesson: Lesson = {
  title: "",
  task: "",
  goal: { accuracy: "", loss: "", error: "", epochs: "" },
  hide: [],
  embed: false,
  autoplay: "page",
  speed: "page",
  stop: true,
};

/** The number of a goal as the link has it; `null` for one that is not possible. */
export function goalNumber(name: keyof Goal, typed: string): string | null {
  const text = name === "accuracy" && typed.trim() !== "" ? String(Number(typed) / 100) : typed.trim();
  return isGoal(name, text) ? text : null;
}

/** The part of an address after `#`, for a lesson with a setup. */
export function lessonHash(lesson: Lesson, setup: string): string {
  const { title, task, goal, hide, embed, autoplay, speed, stop } = lesson;
  const parts = new URLSearchParams();
  if (title.trim()) parts.set("title", title.trim());
  if (task.trim()) parts.set("task", task.trim());
  for (const name of Object.keys(goalKeys) as (keyof Goal)[]) {
    const text = goalNumber(name, goal[name]);
    if (text !== null) parts.set(goalKeys[name], text);
  }
  if (hide.length > 0) parts.set("hide", panels.filter((panel) => hide.includes(panel)).join("-"));
  if (embed) parts.set("embed", "true");
  if (autoplay !== "page") parts.set("autoplay", autoplay);
  if (speed !== "page") parts.set("speed", speed);
  if (!stop) parts.set("stop", "false");
  return [parts.toString(), setup].filter((part) => part !== "").join("&");
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** HTML that shows an address in a frame of another page. */
export function frameOf(address: string, title: string): string {
  const name = escaped(title.trim() || "A neural network that learns");
  return `<iframe src="${escaped(address)}" title="${name}" width="100%" height="640" style="border: 0"></iframe>`;
}
