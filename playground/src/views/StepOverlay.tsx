/** The numbers of a stage on the diagram: on its neurons, along its connections, and the loss at the output. */
import { classColor, css } from "../draw/colors.js";
import { brief, briefPair, placeOfLargest } from "../steps/format.js";
import { columnOf } from "../steps/symbols.js";
import type { OnLinks, Stage } from "../steps/types.js";
import { endsOf, type Layout, linkPath, SHOWN } from "./Diagram.js";

/** Height of the target and the loss. */
const LOSS = 32;

interface Props {
  readonly layout: Layout;
  readonly stage: Stage;
  /** The followed neuron of the stage's layer. */
  readonly unit: number;
  readonly sizes: readonly number[];
  readonly target: { readonly text: string; readonly output: number };
}

export function StepOverlay({ layout, stage, unit, sizes, target }: Props) {
  const { board, links, layer, loss, phase } = stage;
  const last = sizes.length - 1;
  const { x, y, side, width, height } = layout;
  // While weights change, the numbers of other neurons would only be in the way.
  const isShown = (each: number, place: number | null) => {
    if (phase !== "update" || each === 0) return board[each] !== null;
    return links !== null && each === layer && (place === null || place === unit);
  };
  const [before, after] = loss.split(" → ");
  const shownOutput = target.output < SHOWN ? target.output : SHOWN - 1;
  return (
    <div class={`step-overlay ${phase}`} aria-hidden="true">
      {links && (
        <svg width={width} height={height} role="presentation">
          <Flow links={links} stage={stage} unit={unit} layout={layout} sizes={sizes} />
        </svg>
      )}
      {board.map(
        (on, each) =>
          on &&
          isShown(each, null) && (
            <b key={`${each} head`} class="step-head" style={{ left: `${each === 0 ? x(0) - 24 : x(each)}px` }}>
              {on.symbol}
            </b>
          ),
      )}
      {board.map((on, each) =>
        Array.from(
          on?.values.subarray(0, SHOWN) ?? [],
          (value, place) =>
            isShown(each, place) && (
              <span
                key={`${each} ${place}`}
                class={[
                  "step-value",
                  on?.isGradient ? "gradient" : "",
                  each === layer ? "now" : "",
                  each === layer && place === unit ? "followed" : "",
                  each === 0 ? "input" : "",
                ].join(" ")}
                style={{
                  left: `${each === 0 ? x(0) - 6 : x(each)}px`,
                  top: `${y(each, place) + (each === 0 ? 15 : side / 2 - 6)}px`,
                }}
              >
                {brief(value)}
              </span>
            ),
        ),
      )}
      {links && <Labels links={links} stage={stage} unit={unit} layout={layout} sizes={sizes} />}
      {loss && (
        <span
          class={`step-loss ${phase === "loss" || after ? "lit" : ""}`}
          style={{ left: `${x(last) + side / 2 + 8}px`, top: `${Math.min(y(last, shownOutput) + 8, height - LOSS)}px` }}
        >
          {target.output === shownOutput && <i>{target.text}</i>}
          <b>{before}</b>
          {after && <b>{`→ ${after}`}</b>}
        </span>
      )}
    </div>
  );
}

type PartProps = Pick<Props, "layout" | "stage" | "unit" | "sizes"> & { readonly links: OnLinks };

/** True for a connection of the followed neuron. */
function isOfUnit({ layer }: Stage, links: OnLinks, unit: number, from: number, to: number): boolean {
  return layer === links.layer ? to === unit : from === unit;
}

/** Connections by what travels along them: colour shows the sign, width the size, a pulse the direction. */
function Flow({ links, stage, unit, layout, sizes }: PartProps) {
  const { layer, flow, isBackward, after } = links;
  const units = sizes[layer];
  const largest = flow.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  const [low, high] = [css(classColor(0)), css(classColor(1))];
  return (
    <g>
      {pairs(sizes, layer).map(([from, to]) => {
        const value = flow[from * units + to];
        const path = linkPath(layout, layer - 1, from, to);
        const own = isOfUnit(stage, links, unit, from, to);
        const width = ((own ? 4 : 2.5) * Math.abs(value)) / largest + (own ? 1 : 0.5);
        const line = { d: path, stroke: value < 0 ? low : high, "stroke-width": width };
        return (
          <g key={`${from} ${to}`} class={own ? "own" : "other"}>
            <path {...line} />
            {value !== 0 && !after && <path {...line} class={isBackward ? "pulse back" : "pulse"} pathLength={100} />}
          </g>
        );
      })}
    </g>
  );
}

/** Numbers on the connections of the followed neuron. */
function Labels({ links, stage, unit, layout, sizes }: PartProps) {
  const { layer, values, after } = links;
  const units = sizes[layer];
  const isInto = stage.layer === layer;
  const [begin, end] = endsOf(layout, layer - 1);
  // Near the other ends, where the connections are apart.
  const share = after ? 0.42 : isInto ? 0.34 : 0.58;
  const bend = 3 * share * share - 2 * share * share * share;
  // Old and new value need two lines: on a phone only the weight that the formula works has room.
  const rows = after && layout.isNarrow ? [placeOfLargest(columnOf(links.flow, unit, units))] : null;
  return (
    <>
      {pairs(sizes, layer)
        .filter(([from, to]) => isOfUnit(stage, links, unit, from, to) && (!rows || rows.includes(from)))
        .map(([from, to]) => {
          const at = from * units + to;
          const [high, low] = [layout.y(layer - 1, from), layout.y(layer, to)];
          const place = { left: `${begin + share * (end - begin)}px`, top: `${high + bend * (low - high)}px` };
          const [old, now] = after ? briefPair(values[at], after[at]) : [brief(values[at]), ""];
          return (
            <span key={at} class="step-weight" style={place}>
              {old}
              {now && <b>{`→ ${now}`}</b>}
            </span>
          );
        })}
    </>
  );
}

/** The connections drawn to a layer. */
function pairs(sizes: readonly number[], layer: number): [from: number, to: number][] {
  return Array.from({ length: Math.min(sizes[layer - 1], SHOWN) }, (_, from) =>
    Array.from({ length: Math.min(sizes[layer], SHOWN) }, (_, to): [number, number] => [from, to]),
  ).flat();
}
