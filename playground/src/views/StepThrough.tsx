/** The glass box in the diagram: a sample's numbers travel forward, its gradients back, and the weights change. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RowPlace, Walk } from "../engine/protocol.js";
import { amount } from "../numbers.js";
import { placeOfLargest } from "../steps/format.js";
import { sizesOf, stagesOf } from "../steps/stages.js";
import type { Phase, Stage } from "../steps/types.js";
import { Diagram, type Picture, SHOWN } from "./Diagram.js";
import { StepOverlay } from "./StepOverlay.js";
import "./stepThrough.css";
import type { EngineHandle } from "./useEngine.js";

export interface StepProps {
  readonly picture: Picture;
  readonly engine: EngineHandle;
  readonly point: RowPlace;
  onPoint(point: RowPlace | null): void;
  /** Opens the glass box. */
  onRow(row: RowPlace): void;
}

const phases: Record<Phase, string> = {
  forward: "Forward pass",
  loss: "Loss",
  backward: "Backward pass",
  update: "Update",
};

export function StepThrough({ picture, engine, point, onPoint, onRow }: StepProps) {
  const { problem, frame, client } = engine;
  const [walk, setWalk] = useState<Walk | null>(null);
  const [trouble, setTrouble] = useState("");
  const [at, setAt] = useState(0);
  /** The neuron that is followed, by layer. */
  const [followed, setFollowed] = useState<Readonly<Record<number, number>>>({});
  const host = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const isRunning = frame?.isRunning ?? false;
  const hash = isRunning ? "" : frame?.hash;
  const rows = (point.part === "test" ? problem?.testRows : problem?.trainRows) ?? 0;

  useEffect(() => {
    if (isRunning) engine.pause();
    host.current?.scrollIntoView({ block: "nearest" });
    next.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => setAt(0), [point]);
  useEffect(() => {
    if (isRunning) return;
    let isStale = false;
    client
      .ask<Walk>({ type: "walk", place: point })
      .then((answer) => {
        if (isStale) return;
        setWalk(answer);
        setTrouble("");
      })
      .catch((error: Error) => !isStale && setTrouble(error.message));
    return () => {
      isStale = true;
    };
  }, [point, isRunning, hash]);

  const sizes = [picture.inputs.length, ...picture.hidden, picture.outputs.length];
  const stages = useMemo(() => (walk ? stagesOf(walk) : []), [walk]);
  // A layer may have changed since: then there is nothing to show until the next answer.
  const isOfThis = walk !== null && sizesOf(walk).join() === sizes.join();
  const here = Math.min(at, stages.length - 1);
  const stage = isOfThis ? stages[here] : undefined;
  const unit = stage ? Math.min(followed[stage.layer] ?? firstOf(stage), stage.units - 1) : 0;

  const isAtEnd = here > 0 && here === stages.length - 1;
  const end = Math.max(stages.length - 1, 0);
  const go = (to: number) => setAt(Math.max(0, Math.min(to, end)));
  // Keys may come faster than the page is drawn.
  const move = (by: number) => setAt((from) => Math.max(0, Math.min(Math.min(from, end) + by, end)));
  const follow = (layer: number, to: number) => setFollowed((all) => ({ ...all, [layer]: to }));
  const sample = (by: number) => rows > 0 && onPoint({ ...point, row: (point.row + by + rows) % rows });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).closest("input[type=number], select");
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== "Escape")) return;
      const keys: Record<string, () => void> = {
        ArrowRight: () => move(1),
        ArrowLeft: () => move(-1),
        Home: () => go(0),
        End: () => go(end),
        ArrowDown: () => stage && follow(stage.layer, (unit + 1) % stage.units),
        ArrowUp: () => stage && follow(stage.layer, (unit - 1 + stage.units) % stage.units),
        PageDown: () => sample(1),
        PageUp: () => sample(-1),
        Escape: () => onPoint(null),
      };
      if (!Object.hasOwn(keys, event.key)) return;
      keys[event.key]();
      event.preventDefault();
    };
    const element = host.current;
    element?.addEventListener("keydown", press);
    return () => element?.removeEventListener("keydown", press);
  });

  return (
    <div class="stepping" ref={host}>
      <Diagram
        {...picture}
        unit={stage && stage.layer > 0 ? { layer: stage.layer - 1, unit } : null}
        onUnit={(place) => follow(place.layer + 1, place.unit)}
        labelOf={(name) => `Follow ${name}`}
        overlay={(layout) =>
          stage && (
            <StepOverlay
              key={`${here} ${point.part} ${point.row}`}
              layout={layout}
              stage={stage}
              unit={unit}
              sizes={sizes}
              target={targetOf(walk, picture)}
            />
          )
        }
      />
      <fieldset class="step-card" data-testid="stepper">
        <legend>One sample, step by step</legend>
        <div class="row">
          <button type="button" disabled={here <= 0} onClick={() => move(-1)}>
            Back
          </button>
          {/* Stays enabled at the end, where it starts again, so that it keeps the focus. */}
          <button ref={next} type="button" class="primary" onClick={() => (isAtEnd ? go(0) : move(1))}>
            {isAtEnd ? "Again" : "Next"}
          </button>
          <span class="step-count">
            {stage && (
              <>
                <b>{phases[stage.phase]}</b>
                {` ${here + 1} / ${stages.length}`}
              </>
            )}
          </span>
          <button type="button" class="step-close" aria-label="Close the steps" onClick={() => onPoint(null)}>
            ×
          </button>
        </div>
        <input
          type="range"
          aria-label="Stage"
          aria-valuetext={stage ? `${here + 1} of ${stages.length}, ${phases[stage.phase]}: ${stage.title}` : ""}
          min={0}
          max={end}
          value={Math.max(here, 0)}
          onInput={({ currentTarget }) => go(Number(currentTarget.value))}
        />
        {trouble && (
          <p role="alert" class="ill">
            {trouble}
          </p>
        )}
        <div class="step-text" aria-live="polite" aria-atomic="true" data-testid="stage">
          {isRunning ? <p>Pause to step through a sample with the weights as they are then.</p> : null}
          {stage && <Words stage={stage} unit={unit} picture={picture} />}
        </div>
        {walk && problem?.targetScale && (
          <p class="hint">
            {`The network learns ${problem.target} in standard deviations from the mean: 0 is ${amount(problem.targetScale.mean)}, and 1 is ${amount(problem.targetScale.deviation)} more.`}
          </p>
        )}
        <div class="row bottom">
          <label class="field">
            <span>Sample of the</span>
            <select
              value={point.part}
              onChange={({ currentTarget }) =>
                onPoint({ part: currentTarget.value === "train" ? "train" : "test", row: 0 })
              }
            >
              <option value="train">training set</option>
              {(problem?.testRows ?? 0) > 0 && <option value="test">test set</option>}
            </select>
          </label>
          <label class="field">
            <span>{`Number, 0 to ${Math.max(rows - 1, 0)}`}</span>
            <input
              type="number"
              min={0}
              max={Math.max(rows - 1, 0)}
              step={1}
              value={point.row}
              onChange={({ currentTarget }) => {
                const row = Number(currentTarget.value);
                if (Number.isInteger(row) && row >= 0 && row < rows) onPoint({ ...point, row });
                else currentTarget.value = String(point.row);
              }}
            />
          </label>
          <button type="button" onClick={() => onRow(point)}>
            All on one page
          </button>
        </div>
        <p class="hint keys">
          Keys: <kbd>←</kbd> <kbd>→</kbd> stage, <kbd>↑</kbd> <kbd>↓</kbd> neuron, <kbd>Home</kbd> <kbd>End</kbd> first
          and last, <kbd>Page ↑</kbd> <kbd>Page ↓</kbd> sample, <kbd>Esc</kbd> closes. Or press a neuron, or a point of
          the plane.
        </p>
      </fieldset>
    </div>
  );
}

/** The neuron to follow first: one that is drawn. */
function firstOf({ place, layer, board }: Stage): number {
  return place < SHOWN ? place : placeOfLargest(board[layer]?.values.subarray(0, SHOWN) ?? []);
}

/** The stage in words, its formula, and the formula with the numbers of the followed neuron. */
function Words({ stage, unit, picture }: { stage: Stage; unit: number; picture: Picture }) {
  const { title, formula, note, layer, units, phase, loss } = stage;
  const last = picture.hidden.length + 1;
  const names = layer === 0 ? picture.inputs : layer === last ? picture.outputs : null;
  const name = names
    ? `${layer === 0 ? "input" : "output"} ${names[unit] ?? unit + 1}`
    : `neuron ${unit + 1} of layer ${layer}`;
  // The loss is that of all outputs together.
  const hasChoice = units > 1 && phase !== "loss" && loss.indexOf("→") < 0;
  return (
    <>
      <h3>
        {title} {hasChoice && <small>{`${name}, in formulas [${unit}]`}</small>}
      </h3>
      {formula && <p class="formula">{formula}</p>}
      {stage.worked(unit).map((line) => (
        <p key={line} class="worked">
          {line}
        </p>
      ))}
      {note && <p class="hint">{note}</p>}
    </>
  );
}

/** The true answer of the sample, and the output that stands for it. */
function targetOf(
  walk: Walk | null,
  { outputs, classes }: Picture,
): { readonly text: string; readonly output: number } {
  if (!walk) return { text: "", output: 0 };
  if (classes > 2) return { text: "y = 1", output: Math.min(walk.y, outputs.length - 1) };
  return { text: `y = ${amount(walk.y)}`, output: 0 };
}
