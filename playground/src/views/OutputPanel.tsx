/** The network's output on its plane, or for a digit that the user draws; or one unit, enlarged. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { drawBoundary, drawMap, drawOutput, drawPoints } from "../draw/plane.js";
import type { PointsView, ProblemView, RowPlace } from "../engine/protocol.js";
import { amount, counted, short } from "../numbers.js";
import type { OwnName, Setup } from "../setup.js";
import { DrawingPad } from "./DrawingPad.js";
import { Switch } from "./fields.js";
import { weightImage } from "./NetworkPanel.js";
import { useInk } from "./theme.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  onChange(part: Partial<Setup>): void;
  onRow(row: RowPlace): void;
}

export function OutputPanel({ setup, engine, onChange, onRow }: Props) {
  const { problem, logs, unit } = engine;
  const last = logs[logs.length - 1];
  const score = problem && !problem.classes ? "mean absolute error" : "accuracy";
  const hasTest = !problem || problem.testRows > 0;
  const scored = last && (hasTest ? last.valScore : last.score);
  const scoreText = scored === undefined ? "–" : problem?.classes ? scored.toFixed(3) : amount(scored);
  const layer = unit && (unit.layer < setup.hidden.length ? `layer ${unit.layer + 1}` : "the output");
  return (
    <section class="output" aria-label="Output">
      <div class="row between">
        <h2>{unit ? `Unit ${unit.unit + 1} of ${layer}` : "Output"}</h2>
        {unit && (
          <button type="button" onClick={() => engine.choose(null)}>
            Back to the output
          </button>
        )}
      </div>
      <dl class="scores">
        <div>
          <dt>Training loss</dt>
          <dd data-testid="loss">{last ? short(last.loss) : "–"}</dd>
        </div>
        <div>
          <dt>Test loss</dt>
          <dd>{last ? short(last.valLoss) : "–"}</dd>
        </div>
        <div>
          <dt>{`${hasTest ? "Test" : "Training"} ${score}`}</dt>
          <dd data-testid="score">{scoreText}</dd>
        </div>
      </dl>
      {engine.missing ? (
        <EmptyPlane source={engine.missing} />
      ) : problem?.image && !unit ? (
        <DrawingPad engine={engine} image={problem.image} classes={problem.classes ?? []} />
      ) : (
        <Plane setup={setup} engine={engine} onChange={onChange} onRow={onRow} />
      )}
    </section>
  );
}

/** In the place of the plane, where a link is about files that stayed with whoever made it. */
function EmptyPlane({ source }: { source: OwnName }) {
  const [what, files] = source === "csv" ? ["a table", "Drop your file"] : ["images", "Drop the two files"];
  return (
    <div class="empty" data-testid="empty">
      <p class="big">{`${files} here`}</p>
      <p>
        {`This link is about ${what} that stayed with whoever made the link, as nothing is ever sent from this page. `}
        {"Bring your own, anywhere on the page, or choose a data set under Data."}
      </p>
    </div>
  );
}

/** Canvas pixels of the layer of points. */
const SHARP = 600;

function Plane({ setup, engine, onChange, onRow }: Props) {
  const { problem, frame, slow, unit, logs } = engine;
  const [showsTest, setShowsTest] = useState(false);
  const [isDiscrete, setDiscrete] = useState(false);
  const field = useRef<HTMLCanvasElement>(null);
  const dots = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  const classes = problem?.classes?.length ?? 0;
  const span = problem?.span ?? { center: 0, reach: 1 };

  const isOutput = unit !== null && unit.layer >= setup.hidden.length;
  const image = useMemo(() => unit && weightImage({ slow, problem }, unit), [slow, problem, unit]);

  useEffect(() => {
    if (!field.current) return;
    if (image) drawMap(field.current, image, paper, problem?.image?.[1]);
    else if (unit && isOutput && frame?.unit)
      drawOutput(field.current, frame.unit, { unit: unit.unit, classes, paper, span });
    else if (unit && frame?.unit) drawMap(field.current, frame.unit, paper);
    if (!unit && frame?.boundary) drawBoundary(field.current, frame.boundary, { classes, paper, isDiscrete, span });
  }, [frame?.boundary, frame?.unit, image, unit, classes, paper[0], isDiscrete]);
  useEffect(() => {
    if (!dots.current || !problem) return;
    const train = { ...problem.train, isTest: false };
    const sets = showsTest ? [train, { ...problem.test, isTest: true }] : [train];
    drawPoints(dots.current, sets, { reach: problem.reach, classes, paper, ink, span });
  }, [problem, showsTest, classes, paper[0]]);

  const open = (event: MouseEvent) => {
    if (!problem) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const side = 2 * problem.reach;
    const place: [number, number] = [
      ((event.clientX - box.left) / box.width - 0.5) * side,
      (0.5 - (event.clientY - box.top) / box.height) * side,
    ];
    const row = nearestRow(problem, place, showsTest);
    if (row) onRow(row);
  };
  const last = logs[logs.length - 1];
  const spoken = last ? `after ${counted(last.epoch, "epoch")}` : "not trained yet";
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the glass box has fields for the same */}
      <div
        class="plane"
        role="img"
        aria-label={`${image ? "Weights of one neuron, by pixel" : unit ? "Output of one neuron" : "Decision boundary"}, ${spoken}`}
        data-testid="plane"
        onClick={open}
      >
        <canvas ref={field} data-testid="boundary" class={image ? "pixels" : ""} />
        <canvas ref={dots} width={SHARP} height={SHARP} hidden={image !== null} />
      </div>
      {image && <p class="hint">Weights by pixel: blue lowers the neuron's sum, orange raises it.</p>}
      <div class="row" hidden={image !== null}>
        <Switch label="Show test rows" value={showsTest} onChange={setShowsTest} />
        {classes > 0 && !unit && <Switch label="Only the decision" value={isDiscrete} onChange={setDiscrete} />}
      </div>
      {problem && problem.axes > 2 && <AxesChoice count={problem.axes} axes={setup.axes} onChange={onChange} />}
    </>
  );
}

interface AxesProps {
  readonly count: number;
  readonly axes: Setup["axes"];
  onChange(part: Partial<Setup>): void;
}

function AxesChoice({ count, axes, onChange }: AxesProps) {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const choose = (side: 0 | 1, axis: number) => {
    const other = axes[1 - side] === axis ? axes[side] : axes[1 - side];
    onChange({ axes: side === 0 ? [axis, other] : [other, axis] });
  };
  return (
    <div class="row">
      {(["across", "up"] as const).map((name, side) => (
        <label key={name} class="inline">
          <span>{name}</span>{" "}
          <select
            value={String(axes[side])}
            onChange={({ currentTarget }) => choose(side as 0 | 1, Number(currentTarget.value))}
          >
            {numbers.map((axis) => (
              <option key={axis} value={String(axis)}>
                {`principal axis ${axis}`}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

/** The row that is drawn closest to a place. */
function nearestRow(
  { train, test }: ProblemView,
  place: readonly [number, number],
  showsTest: boolean,
): RowPlace | null {
  const found = (part: RowPlace["part"], { points, rows }: PointsView) =>
    Array.from(rows, (row, i) => ({
      part,
      row,
      distance: (points[2 * i] - place[0]) ** 2 + (points[2 * i + 1] - place[1]) ** 2,
    }));
  const all = [...found("train", train), ...(showsTest ? found("test", test) : [])];
  if (all.length === 0) return null;
  const { part, row } = all.reduce((best, each) => (each.distance < best.distance ? each : best));
  return { part, row };
}
