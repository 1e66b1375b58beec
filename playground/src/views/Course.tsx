/** The chapters of the course beside the page: a setup, things to try, and what the page has checked. */
import { useEffect, useState } from "preact/hooks";
import { type Chapter, chapters, type Task } from "../course/chapters.js";
import { countDone, readProgress, writeProgress } from "../course/progress.js";
import { runStateOf } from "../course/runState.js";
import { defaults, type Setup } from "../setup.js";
import { toHash } from "../url.js";
import { recall, remember } from "./memory.js";
import type { EngineHandle } from "./useEngine.js";
import "./course.css";

export interface CourseProps {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  /** The chapter that a link names, from 1; `null` for the last one seen. */
  readonly first: number | null;
  onChange(setup: Setup): void;
  onClose(): void;
}

export function Course({ setup, engine, first, onChange, onClose }: CourseProps) {
  const [place, setPlace] = useState(() => clamped((first ?? Number(recall("chapter") ?? 1)) - 1));
  const [done, setDone] = useState(() => readProgress(recall("course")));
  /** The task that was done last, to be read aloud. */
  const [news, setNews] = useState("");
  const chapter = chapters[place];

  const { frame, slow, logs, info, error, opened } = engine;
  useEffect(() => {
    const state = runStateOf(setup, engine);
    if (!state) return;
    const fresh = chapter.tasks.filter(({ id, check }) => !done.has(id) && check(state));
    if (fresh.length === 0) return;
    const all = new Set([...done, ...fresh.map(({ id }) => id)]);
    setDone(all);
    remember("course", writeProgress(all));
    setNews(`Done: ${fresh.map(({ text }) => text).join(" ")}`);
  }, [setup, frame, slow, logs, info, error, opened, place]);

  useEffect(() => {
    // A link that names a chapter, and nothing else, is about its setup.
    if (first !== null && toHash(setup) === "") onChange({ ...defaults, ...chapter.setup });
  }, []);

  const go = (next: number) => {
    setPlace(next);
    setNews("");
    remember("chapter", String(next + 1));
  };
  const forget = () => {
    setDone(new Set());
    setNews("");
    remember("course", "");
  };
  const set = (part: Partial<Setup>) => onChange({ ...defaults, ...part });
  return (
    <section class="course" aria-label="Course">
      <div class="row between">
        <h2>{`${place + 1}. ${chapter.title}`}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <Contents place={place} done={done} onGo={go} />
      <p>{chapter.about}</p>
      <p class="hint">{chapter.look}</p>
      <button type="button" class="primary" onClick={() => set(chapter.setup)}>
        Set up this chapter
      </button>
      <Tasks chapter={chapter} done={done} onSet={set} />
      <p class="news" role="status" data-testid="news">
        {news}
      </p>
      <div class="row between">
        <button type="button" disabled={place === 0} onClick={() => go(place - 1)}>
          Previous
        </button>
        <button type="button" disabled={place === chapters.length - 1} onClick={() => go(place + 1)}>
          Next
        </button>
      </div>
      {done.size > 0 && (
        <button type="button" class="plain" onClick={forget}>
          Forget what is done
        </button>
      )}
    </section>
  );
}

const clamped = (place: number) => (place >= 0 && place < chapters.length ? Math.floor(place) : 0);

interface ContentsProps {
  readonly place: number;
  readonly done: ReadonlySet<string>;
  onGo(place: number): void;
}

/** The numbers of the chapters, each with its share of done tasks. */
function Contents({ place, done, onGo }: ContentsProps) {
  return (
    <nav aria-label="Chapters">
      <ol class="chapters">
        {chapters.map(({ title }, i) => {
          const count = countDone(i, done);
          return (
            <li key={title}>
              <button
                type="button"
                aria-current={i === place ? "page" : undefined}
                aria-label={`Chapter ${i + 1}: ${title}, ${count.done} of ${count.all} done`}
                title={title}
                class={count.done === count.all ? "done" : ""}
                onClick={() => onGo(i)}
              >
                {i + 1}
                <span class="meter" aria-hidden="true">
                  <span style={{ width: `${(100 * count.done) / count.all}%` }} />
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

interface TasksProps {
  readonly chapter: Chapter;
  readonly done: ReadonlySet<string>;
  onSet(part: Partial<Setup>): void;
}

function Tasks({ chapter, done, onSet }: TasksProps) {
  return (
    <ul class="tasks" aria-label="What to try">
      {chapter.tasks.map(({ id, text, setup }: Task) => (
        <li key={id} data-testid={id} class={done.has(id) ? "done" : ""}>
          <span class="mark" role="img" aria-label={done.has(id) ? "done" : "to do"}>
            {done.has(id) ? "✓" : ""}
          </span>
          <span>
            {text}
            {setup && (
              <>
                {" "}
                <button
                  type="button"
                  class="plain"
                  aria-label={`Show me a start for: ${text}`}
                  onClick={() => onSet(setup)}
                >
                  Show me a start
                </button>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
