/** Axes with ticks around the plane, and the meaning of its colours. */
import type { ComponentChildren } from "preact";
import { classColor, css, fade, groundsOn } from "../draw/colors.js";
import type { AxisView, ProblemView } from "../engine/protocol.js";
import { short, tick, ticksBetween } from "../numbers.js";
import { useInk } from "./theme.js";

/** Most classes that are listed. */
const SHOWN = 12;
/** Symbols of the samples, by class, as they are drawn. */
const SYMBOLS = ["●", "■", "▲", "◆"];

function ticksOf({ center, scale }: AxisView, reach: number): { text: string; share: number }[] {
  const [low, high] = [center - scale * reach, center + scale * reach];
  return ticksBetween(low, high, 4).map((value) => ({ text: tick(value), share: (value - low) / (high - low) }));
}

/** What is drawn, with an axis at the left and one below; without a problem, just itself. */
export function Plotted({ problem, children }: { problem: ProblemView | null; children: ComponentChildren }) {
  const [across, up] = problem?.ends ?? [];
  return (
    <div class={problem ? "plotted" : ""}>
      {problem && up && (
        <div class="axis up" aria-hidden="true">
          <b>{up.name}</b>
          {ticksOf(up, problem.reach).map(({ text, share }) => (
            <span key={text} style={{ bottom: `${100 * share}%` }}>
              {text}
            </span>
          ))}
        </div>
      )}
      {children}
      {problem && across && (
        <div class="axis across" aria-hidden="true">
          {ticksOf(across, problem.reach).map(({ text, share }) => (
            <span key={text} style={{ left: `${100 * share}%` }}>
              {text}
            </span>
          ))}
          <b>{across.name}</b>
        </div>
      )}
    </div>
  );
}

/** A bar from one colour to the other, with its ends named; of many classes, their symbols. */
export function Legend({ problem, isUnit }: { problem: ProblemView; isUnit: boolean }) {
  const { paper } = useInk();
  const { classes, span } = problem;
  if (!isUnit && classes && classes.length > 2) {
    return (
      <p class="legend">
        {classes.slice(0, SHOWN).map((name, i) => (
          <span key={name}>
            <i style={{ color: css(classColor(i)) }}>{SYMBOLS[i % SYMBOLS.length]}</i>
            {` ${name}`}
          </span>
        ))}
      </p>
    );
  }
  const grounds = groundsOn(paper).map((ground) => css(fade(ground, 1, paper)));
  const ends = span ?? { center: 0, reach: 1 };
  const [low, middle, high] =
    !isUnit && classes
      ? [classes[0], "p = 0.5", classes[1]]
      : isUnit
        ? ["negative", "0", "positive"]
        : [-1, 0, 1].map((step) => short(ends.center + step * ends.reach));
  const symbol = (index: number) =>
    !isUnit && classes?.length === 2 && <i style={{ color: css(classColor(index)) }}>{SYMBOLS[index]}</i>;
  return (
    <p class="legend">
      <span>
        {symbol(0)} {low}
      </span>
      <span
        class="ramp"
        style={{ background: `linear-gradient(90deg, ${grounds[0]}, ${css(paper)}, ${grounds[1]})` }}
        title={middle}
      />
      <span>
        {high} {symbol(1)}
      </span>
    </p>
  );
}
