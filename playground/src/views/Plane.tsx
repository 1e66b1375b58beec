/** The plane: the output at each place, with the samples, axes, a legend, and a read-out under the pointer. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { drawBoundary, drawMap, drawOutput, drawPoints } from "../draw/plane.js";
import type { PointsView, ProblemView, RowPlace } from "../engine/protocol.js";
import { counted } from "../numbers.js";
import { FIRST_COLUMN, isColumn, MOST_COLUMNS, type Setup } from "../setup.js";
import { Switch } from "./fields.js";
import { HandPlace } from "./HandPlace.js";
import { Legend, Plotted } from "./Legend.js";
import { weightImage } from "./NetworkPanel.js";
import { readOut } from "./readOut.js";
import { useInk } from "./theme.js";
import type { EngineHandle } from "./useEngine.js";
import { useHand } from "./useHand.js";

export interface PlaneProps {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  onChange(part: Partial<Setup>): void;
  /** The sample that goes through the network, marked by a ring. */
  readonly point: RowPlace | null;
  onRow(row: RowPlace): void;
}

/** Canvas pixels of the layer of points. */
const SHARP = 600;

export function Plane({ setup, engine, onChange, point, onRow }: PlaneProps) {
  const { problem, frame, slow, unit, logs } = engine;
  const [showsTest, setShowsTest] = useState(false);
  const [isDiscrete, setDiscrete] = useState(false);
  const [place, setPlace] = useState<readonly [number, number] | null>(null);
  const field = useRef<HTMLCanvasElement>(null);
  const dots = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  const hand = useHand(setup, onChange);
  const isByHand = setup.source === "hand" && problem?.isPlane === true;
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

  /** The place under a pointer, in the coordinates of the plane. */
  const placeOf = (event: MouseEvent, { reach }: ProblemView): [number, number] => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width - 0.5) * 2 * reach,
      (0.5 - (event.clientY - box.top) / box.height) * 2 * reach,
    ];
  };
  const open = (event: MouseEvent) => {
    const row = problem && nearestRow(problem, placeOf(event, problem), showsTest);
    if (row) onRow(row);
  };
  const values = unit ? frame?.unit : frame?.boundary;
  const read = place && problem && values && !image ? readOut(problem, place, { values, isUnit: unit !== null }) : "";
  const last = logs[logs.length - 1];
  const spoken = last ? `after ${counted(last.epoch, "epoch")}` : "not trained yet";
  return (
    <>
      <Plotted problem={image ? null : problem}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Step through one sample has fields for the same */}
        <div
          class="plane"
          role="img"
          aria-label={`${image ? "Weights of one neuron, by pixel" : unit ? "Output of one neuron" : "Decision boundary"}, ${spoken}`}
          data-testid="plane"
          onClick={open}
          onPointerMove={(event) => problem && setPlace(placeOf(event, problem))}
          onPointerLeave={() => setPlace(null)}
        >
          <canvas ref={field} data-testid="boundary" class={image ? "pixels" : ""} />
          <canvas ref={dots} width={SHARP} height={SHARP} hidden={image !== null} />
          {problem && point && !image && <Ring problem={problem} point={point} />}
        </div>
        {isByHand && <HandPlace part="HandPad" hand={hand} />}
      </Plotted>
      {isByHand && <HandPlace part="HandTools" hand={hand} />}
      {problem && !image && <Legend problem={problem} isUnit={unit !== null && !isOutput} />}
      {!image && (
        <p class="read" data-testid="read">
          {read}
        </p>
      )}
      {image && <p class="hint">Weights by pixel: blue lowers the neuron's sum, orange raises it.</p>}
      <div class="row" hidden={image !== null}>
        <Switch label="Show test data" value={showsTest} onChange={setShowsTest} />
        {classes > 0 && !unit && <Switch label="Decision regions" value={isDiscrete} onChange={setDiscrete} />}
      </div>
      {problem && problem.axes > 2 && <AxesChoice problem={problem} axes={setup.axes} onChange={onChange} />}
    </>
  );
}

/** Marks a sample, if it is drawn at all. */
function Ring({ problem, point: { part, row } }: { problem: ProblemView; point: RowPlace }) {
  const { points, rows } = problem[part];
  const place = rows.indexOf(row);
  if (place < 0) return null;
  const share = (value: number) => `${50 + (50 * value) / problem.reach}%`;
  return <i class="ring" style={{ left: share(points[2 * place]), bottom: share(points[2 * place + 1]) }} />;
}

interface AxesProps {
  readonly problem: ProblemView;
  readonly axes: Setup["axes"];
  onChange(part: Partial<Setup>): void;
}

function AxesChoice({ problem, axes, onChange }: AxesProps) {
  const principal = Array.from({ length: problem.axes }, (_, i) => i + 1);
  const columns = problem.image ? [] : problem.columns.slice(0, MOST_COLUMNS).map((_, i) => FIRST_COLUMN + i);
  const choose = (side: 0 | 1, axis: number) => {
    let other = axes[1 - side] === axis ? axes[side] : axes[1 - side];
    // Columns and principal axes are not at right angles.
    const all = isColumn(axis) ? columns : principal;
    if (!all.includes(other)) other = all[0] === axis ? all[1] : all[0];
    onChange({ axes: side === 0 ? [axis, other] : [other, axis] });
  };
  const options = (all: readonly number[], nameOf: (i: number) => string) =>
    all.map((axis, i) => (
      <option key={axis} value={String(axis)}>
        {nameOf(i)}
      </option>
    ));
  return (
    <div class="row">
      {(["across", "up"] as const).map((name, side) => (
        <label key={name} class="inline">
          <span>{name}</span>{" "}
          <select
            value={String(axes[side])}
            onChange={({ currentTarget }) => choose(side as 0 | 1, Number(currentTarget.value))}
          >
            {options(principal, (i) => `principal axis ${i + 1}`)}
            {options(columns, (i) => problem.columns[i])}
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
