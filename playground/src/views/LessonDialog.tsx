/** The editor of lessons: what a link shows and asks, with a preview; loaded when it is opened. */
import "../lesson.css";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { tempos } from "../engine/pace.js";
import { frameOf, type Lesson, lessonHash, noLesson } from "../lesson.js";
import { type Panel, panels, splitHash } from "../pageOptions.js";
import { copyText } from "./copyText.js";
import { Switch } from "./fields.js";
import { tempoNames } from "./tempoNames.js";

/** Milliseconds after the last change until the preview follows. */
const REST = 700;

const panelNames: Record<Panel, string> = {
  data: "Data",
  network: "Network",
  training: "Training",
  output: "Output",
  curves: "Curves",
  inspector: "A closer look",
  timeline: "Time line",
};

const plays = [
  ["page", "As the page decides"],
  ["true", "At once"],
  ["false", "When Play is pressed"],
] as const;

export function LessonDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [lesson, setLesson] = useState<Lesson>(noLesson);
  const [said, setSaid] = useState("");
  const ids = [useId(), useId(), useId(), useId(), useId()];
  const [base] = location.href.split(/[?#]/);
  const address = `${base}#${lessonHash(lesson, splitHash(location.hash).setup)}`;
  const [shown, setShown] = useState(address);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    const timer = setTimeout(() => setShown(address), REST);
    return () => clearTimeout(timer);
  }, [address]);
  const change = (part: Partial<Lesson>) => {
    setSaid("");
    setLesson((old) => ({ ...old, ...part }));
  };
  const show = (panel: Panel, isShown: boolean) =>
    setLesson((old) => ({
      ...old,
      hide: panels.filter((each) => (each === panel ? !isShown : old.hide.includes(each))),
    }));
  const copy = async (text: string, what: string) => {
    try {
      await copyText(text);
      setSaid(`${what} is in the clipboard.`);
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  const { title, task, goal, hide } = lesson;
  const isBadGoal = goal !== "" && !(Number(goal) > 0 && Number(goal) <= 100);
  return (
    <dialog ref={dialog} class="lesson" onClose={onClose} aria-label="Make a lesson">
      <h2>Make a lesson</h2>
      <p class="hint">
        The link opens the page with the present data, network and settings, and with what you say here.
      </p>
      <div class="lesson-parts">
        <div>
          <div class="field">
            <label for={ids[0]}>Title</label>
            <input
              id={ids[0]}
              type="text"
              value={title}
              onInput={({ currentTarget }) => change({ title: currentTarget.value })}
            />
          </div>
          <div class="field">
            <label for={ids[1]}>Task</label>
            <textarea
              id={ids[1]}
              rows={3}
              value={task}
              onInput={({ currentTarget }) => change({ task: currentTarget.value })}
            />
          </div>
          <div class="field">
            <label for={ids[2]}>Goal: accuracy in percent</label>
            <input
              id={ids[2]}
              type="number"
              min={1}
              max={100}
              step="any"
              value={goal}
              aria-invalid={isBadGoal}
              onInput={({ currentTarget }) => change({ goal: currentTarget.value })}
            />
            <p class="hint">
              {isBadGoal ? "A number from 1 to 100" : "The page says when it is reached. Empty: no goal."}
            </p>
          </div>
          <fieldset class="lesson-panels">
            <legend>Shown parts of the page</legend>
            {panels.map((panel) => (
              <Switch
                key={panel}
                label={panelNames[panel]}
                value={!hide.includes(panel)}
                onChange={(isOn) => show(panel, isOn)}
              />
            ))}
          </fieldset>
          <div class="field">
            <label for={ids[3]}>Training begins</label>
            <select
              id={ids[3]}
              value={lesson.autoplay}
              onChange={({ currentTarget }) => change({ autoplay: currentTarget.value as Lesson["autoplay"] })}
            >
              {plays.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for={ids[4]}>Pace</label>
            <select
              id={ids[4]}
              value={lesson.speed}
              onChange={({ currentTarget }) => change({ speed: currentTarget.value as Lesson["speed"] })}
            >
              <option value="page">As the page decides</option>
              {tempos.map((tempo) => (
                <option key={tempo} value={tempo}>
                  {tempoNames[tempo]}
                </option>
              ))}
            </select>
          </div>
          <Switch label="Stop once the test loss is flat" value={lesson.stop} onChange={(stop) => change({ stop })} />
          <Switch label="Only plane, network and Play" value={lesson.embed} onChange={(embed) => change({ embed })} />
        </div>
        <figure>
          <figcaption>Preview</figcaption>
          <iframe key={shown} src={shown} title="Preview of the lesson" data-testid="preview" />
        </figure>
      </div>
      <div class="row">
        <button type="button" class="primary" onClick={() => void copy(address, "The link")}>
          Copy the lesson’s link
        </button>
        <button type="button" onClick={() => void copy(frameOf(address, title), "The code for another page")}>
          Copy code to embed it
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close the editor
        </button>
        <span role="status">{said}</span>
      </div>
    </dialog>
  );
}
