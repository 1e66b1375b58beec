/** A line chart, with a description for screen readers. */
import { useContext, useEffect, useRef } from "preact/hooks";
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
  readonly isLogarithmicX?: boolean;
  readonly isLogarithmicY?: boolean;
}

const HEIGHT = 170;
const LOGARITHMIC = { distr: 3 } as const;

export function Chart({ title, spoken, xLabel, x, lines, isLogarithmicX = false, isLogarithmicY = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const { isDark } = useContext(ThemeContext);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
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
            value: (_: UPlot, value: number | null) => (value === null ? "–" : short(value)),
          })),
        ],
        cursor: { drag: { x: false, y: false } },
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
    // Without this, a chart with no data would keep the last axes.
  }, [isDark, isLogarithmicX, isLogarithmicY, lines.length, x.length === 0]);
  useEffect(() => {
    // Zero has no logarithm, so it is left out.
    const shown = lines.map(({ values }) =>
      values.map((value) => (isLogarithmicY && !((value ?? 0) > 0) ? null : value)),
    );
    chart.current?.setData([[...x], ...shown]);
  }, [x, lines, isDark, isLogarithmicX, isLogarithmicY]);
  return (
    <figure>
      <figcaption>
        {title} <span>{spoken}</span>
      </figcaption>
      <div ref={place} class="chart" role="img" aria-label={`${title} by ${xLabel}: ${spoken}`} />
    </figure>
  );
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
