/** What a link says about the page itself, beside the setup: in the query, or after `#`. A name alone means true. */
import { type Tempo, tempos } from "./engine/pace.js";
import { type Goal, goalKeys, goalOf } from "./goal.js";

export interface PageOptions {
  /** Only plane, network and Play: for a frame in another page. */
  readonly embed: boolean;
  /** Plays at once; `null`: as the page decides. */
  readonly autoplay: boolean | null;
  readonly speed: Tempo | null;
  /** True if training stops by itself. */
  readonly stop: boolean;
  /** Words of a lesson. */
  readonly title: string;
  readonly task: string;
  /** `null` for none. */
  readonly goal: Goal | null;
  /** The chapter of the course that is open, from 1; `null` for none. */
  readonly chapter: number | null;
  /** Panels that are not shown. */
  readonly hide: readonly Panel[];
}

export const panels = ["data", "network", "training", "output", "curves", "inspector", "timeline"] as const;
export type Panel = (typeof panels)[number];

const OWN = ["embed", "autoplay", "speed", "stop", "title", "task", "chapter", "hide"] as const;
const KEYS = [...OWN, ...Object.values(goalKeys)];

const isOn = (text: string | undefined) => text !== undefined && text !== "false" && text !== "0";

export function pageOptions(search: string, hash: string): PageOptions {
  const given = Object.fromEntries([...new URLSearchParams(search), ...new URLSearchParams(hash.replace(/^#/, ""))]);
  const { embed, autoplay, speed, stop, title = "", task = "", chapter, hide = "" } = given;
  return {
    embed: isOn(embed),
    autoplay: autoplay === undefined ? null : isOn(autoplay),
    speed: tempos.find((tempo) => tempo === speed) ?? null,
    stop: stop === undefined || isOn(stop),
    title,
    task,
    goal: goalOf(given),
    chapter: /^[1-8]$/.test(chapter ?? "") ? Number(chapter) : null,
    hide: panels.filter((panel) => hide.split(/[-, ]/).includes(panel)),
  };
}

/** The parts of a hash that are about the page, and the rest, which is a setup. */
export function splitHash(hash: string): { readonly page: string; readonly setup: string } {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const page = new URLSearchParams();
  for (const key of KEYS) {
    for (const value of parts.getAll(key)) page.append(key, value);
    parts.delete(key);
  }
  return { page: page.toString(), setup: parts.toString() };
}
