/** Two runs on the same data: their planes, what differs in their settings, how far they have come, and their curves. */
import "../compare.css";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { differencesOf, sideBySide, verdictOf } from "../compare.js";
import { drawBoundary, drawPoints } from "../draw/plane.js";
import type { EpochLog, ProblemView } from "../engine/protocol.js";
import { amount, short } from "../numbers.js";
import type { Setup } from "../setup.js";
import { Chart, type Line } from "./Chart.js";
import { Switch } from "./fields.js";
import { ThemeContext, useInk } from "./theme.js";
import type { EngineHandle } from "./useEngine.js";
import type { Player } from "./usePlayer.js";

export interface CompareProps {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  readonly player: Player;
  /** True if a visitor has just begun it here: the page shows it. */
  readonly isNew: boolean;
  exchange(): void;
  end(): void;
}

/** Numbers of the colours of the two runs. */
const COLORS = { A: 1, B: 0 } as const;
type RunName = keyof typeof COLORS;

type ScoreRow = readonly [label: string, textOf: (log: EpochLog) => string];

export function Compare({ setup, engine, player, isNew, exchange, end }: CompareProps) {
  const { problem, frame, logs, other } = engine;
  const title = useRef<HTMLHeadingElement>(null);
  const isThere = problem !== null && other !== null;
  useEffect(() => {
    if (!isThere || !isNew) return;
    // The button that was pressed is gone.
    title.current?.focus({ preventScroll: true });
    title.current?.parentElement?.scrollIntoView({ block: "center" });
  }, [isThere]);
  if (!problem || !other) return null;
  const differences = differencesOf(other.setup, setup);
  const isOther = other.frame?.isTuned === true;
  const hasTest = problem.testRows > 0;
  const ends = [other.logs, logs].map((each) => each[each.length - 1]);
  const score = problem.classes ? "accuracy" : "mean absolute error";
  const scoreOf = (value: number) => (problem.classes ? value.toFixed(3) : amount(value));
  const ofTest: ScoreRow[] = [["Test loss", ({ valLoss }) => short(valLoss)]];
  const rows: ScoreRow[] = [
    ["Training loss", ({ loss }) => short(loss)],
    ...(hasTest ? ofTest : []),
    [`${hasTest ? "Test" : "Training"} ${score}`, (log) => scoreOf(hasTest ? log.valScore : log.score)],
  ];
  return (
    <section class="compare" aria-label="Comparison of two runs">
      <h2 ref={title} tabIndex={-1}>
        Runs A and B
      </h2>
      {!problem.image && (
        <div class="planes">
          <SmallPlane name="A" problem={problem} boundary={other.frame?.boundary} epoch={other.frame?.epoch} />
          <SmallPlane name="B" problem={problem} boundary={frame?.boundary} epoch={frame?.epoch} />
        </div>
      )}
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">
              <Swatch name="A" /> A
            </th>
            <th scope="col">
              <Swatch name="B" /> B
            </th>
          </tr>
        </thead>
        <tbody data-testid="differences">
          {differences.map(({ key, label, a, b }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              <td>{a}</td>
              <td>{b}</td>
            </tr>
          ))}
        </tbody>
        <tbody data-testid="standing">
          <tr>
            <th scope="row">Epoch</th>
            {[other.frame, frame].map((each, i) => (
              <td key={i}>{(each?.epoch ?? 0).toLocaleString("en")}</td>
            ))}
          </tr>
          {rows.map(([label, textOf]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {ends.map((log, i) => (
                <td key={i}>{log ? textOf(log) : "–"}</td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">Weights hash</th>
            {[other.frame, frame].map((each, i) => (
              <td key={i}>
                <code>{each?.hash ?? "–"}</code>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      {differences.length === 0 && (
        <p class="hint" data-testid="same">
          Both have the same settings. Change one, and run B begins anew with it: data and seeds stay the same.
        </p>
      )}
      <p class="verdict">{verdictOf(other.logs, logs)}</p>
      {isOther && (
        <p class="hint">
          Settings of run A were changed while it trained: its link and its program end with other weights. “Restart
          both” mends that.
        </p>
      )}
      <Switch label="A trains too, in step with B" value={player.trainsBoth} onChange={player.onTrainsBoth} />
      <div class="row actions">
        <button type="button" onClick={engine.restart}>
          Restart both
        </button>
        <button type="button" onClick={exchange}>
          Swap A and B
        </button>
        <button type="button" onClick={end}>
          End comparison
        </button>
      </div>
    </section>
  );
}

function Swatch({ name }: { name: RunName }) {
  return <span class={`dot c${COLORS[name]}`} aria-hidden="true" />;
}

interface PlaneProps {
  readonly name: RunName;
  readonly problem: ProblemView;
  readonly boundary: Float32Array | null | undefined;
  readonly epoch: number | undefined;
}

/** Canvas pixels of the layer of points. */
const SHARP = 360;

function SmallPlane({ name, problem, boundary, epoch = 0 }: PlaneProps) {
  const field = useRef<HTMLCanvasElement>(null);
  const dots = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  const classes = problem.classes?.length ?? 0;
  const { span, reach } = problem;
  useEffect(() => {
    if (!field.current || !boundary) return;
    drawBoundary(field.current, boundary, { classes, paper, isDiscrete: false, span });
  }, [boundary, classes, paper[0]]);
  useEffect(() => {
    if (dots.current)
      drawPoints(dots.current, [{ ...problem.train, isTest: false }], { reach, classes, paper, ink, span });
  }, [problem, classes, paper[0]]);
  return (
    <figure>
      <div class="plane" role="img" aria-label={`Output of run ${name} on the plane, after epoch ${epoch}`}>
        <canvas ref={field} />
        <canvas ref={dots} width={SHARP} height={SHARP} />
      </div>
      <figcaption>
        <Swatch name={name} />
        <b>{name}</b> {`epoch ${epoch.toLocaleString("en")}`}
      </figcaption>
    </figure>
  );
}

export function CompareCurves({ engine }: CompareProps) {
  const [isLogarithmic, setLogarithmic] = useState(false);
  const { logs, other, problem } = engine;
  const { isDark } = useContext(ThemeContext);
  const otherLogs = other?.logs ?? [];
  const hasTest = (problem?.testRows ?? 0) > 0;
  const { epochs, losses, scores } = useMemo(() => {
    const rows = sideBySide(otherLogs, logs);
    const line = (run: RunName, part: "training" | "test", key: keyof EpochLog): Line => ({
      label: `${run} ${part}`,
      values: rows.map(({ a, b }) => (run === "A" ? a : b)?.[key] ?? null),
      isDashed: part === "test",
      color: COLORS[run],
    });
    const lines = (train: keyof EpochLog, test: keyof EpochLog) => [
      line("A", "training", train),
      ...(hasTest ? [line("A", "test", test)] : []),
      line("B", "training", train),
      ...(hasTest ? [line("B", "test", test)] : []),
    ];
    return {
      epochs: rows.map(({ epoch }) => epoch),
      losses: lines("loss", "valLoss"),
      scores: lines("score", "valScore"),
    };
  }, [logs, otherLogs, hasTest, isDark]);
  const spoken = (lines: readonly Line[]) =>
    epochs.length === 0
      ? "no epoch yet"
      : lines
          .map(({ label, values }) => `${label} ${short(values.findLast((value) => value !== null) ?? Number.NaN)}`)
          .join(", ");
  return (
    <section class="curves" aria-label="Curves">
      <div class="row between">
        <h2>Curves of A and B</h2>
        <Switch label="Logarithmic loss" value={isLogarithmic} onChange={setLogarithmic} />
      </div>
      <Chart
        title="Loss"
        xLabel="epoch"
        spoken={spoken(losses)}
        x={epochs}
        lines={losses}
        empty="The losses of both by epoch appear here once they train."
        isLogarithmicY={isLogarithmic}
      />
      <Chart
        title={problem?.classes ? "Accuracy" : "Mean absolute error"}
        xLabel="epoch"
        spoken={spoken(scores)}
        x={epochs}
        lines={scores}
        empty={`${problem?.classes ? "The accuracies" : "The errors"} by epoch appear here.`}
      />
      <p class="hint">{hasTest ? "Solid: training data. Dashed: test data." : "Of the training data."}</p>
    </section>
  );
}
