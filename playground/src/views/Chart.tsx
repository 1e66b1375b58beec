/** A line chart with a legend of values, and a description for screen readers. */
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import UPlot from "uplot";
import { classColor, css } from "../draw/colors.js";
import { short, tick } from "../numbers.js";
import { ThemeContext } from "./theme.js";

export interface Line {
  readonly label: string;
  /** `null` where there is none; the line goes on over it. */
  readonly values: readonly (number | null)[];
  readonly isDashed?: boolean;
  /** Number of its colour; by default that of its place. */
  readonly color?: number;
}

interface Props {
  readonly title: string;
  /** Description of the picture in words. */
  readonly spoken: string;
  readonly xLabel: string;
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  /** A place on the horizontal axis to mark. */
  readonly mark?: number | null;
  /** In the place of a chart that has nothing to show. */
  readonly empty?: string;
  readonly isLogarithmicX?: boolean;
  readonly isLogarithmicY?: boolean;
}

const HEIGHT = 170;
const LOGARITHMIC = { distr: 3 } as const;

export function Chart(props: Props) {
  const {
    title,
    spoken,
    xLabel,
    x,
    lines,
    mark = null,
    empty = "",
    isLogarithmicX = false,
    isLogarithmicY = false,
  } = props;
  /** The point under the pointer. */
  const [pointed, setPointed] = useState<number | null>(null);
  const marked = useRef(mark);
  marked.current = mark;
  const isEmpty = x.length === 0;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const { isDark } = useContext(ThemeContext);
  useEffect(() => {
    const host = place.current;
    if (!host || isEmpty) return;
    const axis = (isLogarithmic: boolean) => ({
      stroke: isDark ? "#c8ccd6" : "#3a3f4a",
      grid: { stroke: isDark ? "#333845" : "#e4e6ec", width: 1, ...(isLogarithmic ? { filter: decades } : {}) },
      ...(isLogarithmic ? { filter: decades, ticks: { filter: decades } } : {}),
      values: (_: UPlot, ticks: (number | null)[]) => ticks.map((each) => (each === null ? "" : tick(each))),
    });
    chart.current = new UPlot(
      {
        width: host.clientWidth,
        height: HEIGHT,
        scales: {
          x: isLogarithmicX ? { time: false, ...LOGARITHMIC } : { time: false },
          y: isLogarithmicY ? LOGARITHMIC : {},
        },
        axes: [
          { ...axis(isLogarithmicX), size: 30 },
          { ...axis(isLogarithmicY), size: widthOf },
        ],
        series: [
          { label: xLabel },
          ...lines.map(({ label, isDashed, color }, i) => ({
            label,
            stroke: css(classColor(color ?? i)),
            width: 2,
            spanGaps: true,
            ...(isDashed ? { dash: [6, 3] } : {}),
            points: { show: x.length < 2 },
          })),
        ],
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        hooks: {
          setCursor: [({ cursor: { idx } }) => setPointed(idx ?? null)],
          draw: [(own) => drawMark(own, marked.current, isDark)],
        },
      },
      [[], ...lines.map(() => [])],
      host,
    );
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height: HEIGHT }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [isDark, isLogarithmicX, isLogarithmicY, lines.length, isEmpty, x.length < 2]);
  useEffect(() => {
    // Zero has no logarithm, so it is left out.
    const shown = lines.map(({ values }) =>
      values.map((value) => (isLogarithmicY && !((value ?? 0) > 0) ? null : value)),
    );
    chart.current?.setData([[...x], ...shown]);
  }, [x, lines, isDark, isLogarithmicX, isLogarithmicY]);
  const at = pointed !== null && pointed < x.length ? pointed : x.length - 1;
  return (
    <figure>
      <figcaption>
        <b>{title}</b>
        {lines.length < 2 ? (
          <span>{spoken}</span>
        ) : (
          !isEmpty && (
            <span class="key-line" aria-hidden="true">
              {lines.map(({ label, values, isDashed, color }, i) => (
                <span key={label}>
                  <svg width="22" height="8" role="presentation">
                    <path
                      d="M0 4H22"
                      stroke={css(classColor(color ?? i))}
                      stroke-width="3"
                      stroke-dasharray={isDashed ? "6 3" : ""}
                    />
                  </svg>
                  {label} <b>{short(values[at] ?? Number.NaN)}</b>
                </span>
              ))}
              <span>{`${xLabel} ${x[at].toLocaleString("en")}`}</span>
            </span>
          )
        )}
      </figcaption>
      {isEmpty && <p class="chart-empty">{empty}</p>}
      <div ref={place} class="chart" role="img" aria-label={`${title} by ${xLabel}: ${spoken}`} hidden={isEmpty} />
    </figure>
  );
}

/** A dotted line at a place of the horizontal axis. */
function drawMark({ ctx, bbox, valToPos }: UPlot, mark: number | null, isDark: boolean): void {
  if (mark === null) return;
  const x = valToPos(mark, "x", true);
  ctx.save();
  ctx.strokeStyle = isDark ? "#c8ccd6" : "#3a3f4a";
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Pixels that a label of a horizontal axis needs. */
const LABEL = 38;

/** The powers of ten among the ticks of a logarithmic axis; of a horizontal one, as many as there is room for. */
function decades({ width }: UPlot, steps: number[], axis: number): (number | null)[] {
  const isDecade = (step: number) => Math.abs(Math.round(Math.log10(step)) - Math.log10(step)) < 1e-9;
  const every = axis === 0 ? Math.max(1, Math.ceil((steps.filter(isDecade).length * LABEL) / width)) : 1;
  return steps.map((step) => (isDecade(step) && Math.round(Math.log10(step)) % every === 0 ? step : null));
}

/** Room for the longest label of a vertical axis. */
function widthOf(_: UPlot, labels: readonly string[] | null): number {
  return 22 + 7 * Math.max(3, ...(labels ?? []).map((label) => label.length));
}
