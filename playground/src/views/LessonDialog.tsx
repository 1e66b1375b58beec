/** The editor of lessons: what a link shows and asks, with a preview; loaded when it is opened. */
import "../lesson.css";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { tempos } from "../engine/pace.js";
import type { Goal } from "../goal.js";
import { frameOf, goalNumber, type Lesson, lessonHash, noLesson } from "../lesson.js";
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

export interface LessonProps {
  /** True if the network learns classes, false if it learns numbers. */
  readonly isClasses: boolean;
  onClose(): void;
}

const goals: Record<keyof Goal, { readonly label: string; readonly hint: string; readonly isInteger?: boolean }> = {
  accuracy: { label: "Goal: accuracy in percent", hint: "A number above 0, up to 100" },
  loss: { label: "Goal: loss at most", hint: "A number above 0" },
  error: { label: "Goal: mean absolute error at most", hint: "A number above 0" },
  epochs: { label: "Within this many epochs", hint: "A whole number from 1", isInteger: true },
};

export function LessonDialog({ isClasses, onClose }: LessonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [lesson, setLesson] = useState<Lesson>(noLesson);
  const [said, setSaid] = useState("");
  const ids = [useId(), useId(), useId(), useId()];
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
  const offered: (keyof Goal)[] = [isClasses ? "accuracy" : "error", "loss", "epochs"];
  const isAimless = goal.epochs !== "" && offered.every((name) => name === "epochs" || goal[name] === "");
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
          <div class="lesson-goal">
            {offered.map((name) => (
              <GoalField
                key={name}
                name={name}
                value={goal[name]}
                onChange={(text) => change({ goal: { ...goal, [name]: text } })}
              />
            ))}
          </div>
          <p class="hint">
            {isAimless
              ? "A number of epochs needs something to reach beside it."
              : "The page says when all of it is reached, on the test data if there are any. Empty: no goal."}
          </p>
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
            <label for={ids[2]}>Training begins</label>
            <select
              id={ids[2]}
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
            <label for={ids[3]}>Pace</label>
            <select
              id={ids[3]}
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

interface GoalProps {
  readonly name: keyof Goal;
  readonly value: string;
  onChange(text: string): void;
}

function GoalField({ name, value, onChange }: GoalProps) {
  const id = useId();
  const { label, hint, isInteger } = goals[name];
  const isBad = value !== "" && goalNumber(name, value) === null;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={0}
        step={isInteger ? 1 : "any"}
        value={value}
        aria-invalid={isBad}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {isBad && <p class="hint">{hint}</p>}
    </div>
  );
}
