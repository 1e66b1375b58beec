/** The network as a picture: inputs, hidden layers, outputs. Each unit is a button with its map of the plane. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { classColor, css } from "../draw/colors.js";
import { drawMap, drawOutput, type Span } from "../draw/plane.js";
import type { UnitPlace, WeightView } from "../engine/protocol.js";
import { short } from "../numbers.js";
import { useInk } from "./theme.js";

export interface Picture {
  readonly inputs: readonly string[];
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly outputs: readonly string[];
  /** Number of classes; 0 for numbers. */
  readonly classes: number;
  /** Numbers as targets: those of the two full colours. */
  readonly span: Span;
  readonly maps: readonly (readonly Float32Array[])[] | null;
  readonly weights: readonly WeightView[] | null;
  /** The enlarged unit. */
  readonly unit: UnitPlace | null;
  onUnit(unit: UnitPlace): void;
}

interface Props extends Picture {
  /** Name of the button of a unit. */
  readonly labelOf?: (unit: string) => string;
  /** Drawn on top. */
  readonly overlay?: (layout: Layout) => ComponentChildren;
}

/** Most units drawn of a layer; the rest are counted. */
export const SHOWN = 10;
/** Pixels: margins left of the inputs and right of the outputs, the least gap between layers, and letters. */
const wide = { left: 84, right: 104, leastGap: 76, letters: 10 };
const narrow = { left: 50, right: 62, leastGap: 58, letters: 5 };
/** Least width of a wide picture. */
const WIDE = 460;
const MOST_GAP = 240;
/** Beyond this width, gaps and units grow with the room. */
const HUGE = 1300;
/** Height to fill, and the least and the largest height of a unit with its gap. */
const [TALL, LEAST_ROW, MOST_ROW] = [450, 40, 74];

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Side of a unit. */
  readonly side: number;
  /** True on a phone, where only the most important numbers have room. */
  readonly isNarrow: boolean;
  /** Letters of a name that fit. */
  readonly letters: number;
  x(layer: number): number;
  y(layer: number, unit: number): number;
}

/** Room beside the outputs for a loss, and the rest of the screen beside a diagram with numbers, on a phone. */
const [LOSS, BESIDE, LEAST_TALL] = [30, 420, 320];

/** Fills the available width, within readable limits. */
function layoutOf(sizes: readonly number[], room: number, hasNumbers: boolean): Layout {
  const rows = Math.max(...sizes.map((size) => Math.min(size, SHOWN) + (size > SHOWN ? 0.6 : 0)), 1);
  const growth = Math.max(1, room / HUGE);
  const isNarrow = room < WIDE;
  const tall = isNarrow && hasNumbers ? Math.min(TALL, Math.max(innerHeight - BESIDE, LEAST_TALL)) : growth * TALL;
  const row = Math.min(Math.max(tall / rows, LEAST_ROW), growth * MOST_ROW);
  const { left, leastGap, letters, ...margins } = isNarrow ? narrow : wide;
  const right = margins.right + (isNarrow && hasNumbers ? LOSS : 0);
  const gap = Math.min(Math.max((room - left - right) / (sizes.length - 1), leastGap), growth * MOST_GAP);
  const side = Math.min(row - 8, gap / 2);
  const height = rows * row;
  return {
    width: left + right + gap * (sizes.length - 1),
    height,
    side,
    isNarrow,
    letters,
    x: (layer) => left + layer * gap,
    y: (layer, unit) => {
      const shown = Math.min(sizes[layer], SHOWN);
      return (height - (sizes[layer] > SHOWN ? 0.6 * row : 0)) / 2 + (unit - (shown - 1) / 2) * row;
    },
  };
}

function useWidth(): [place: { current: HTMLDivElement | null }, width: number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(host);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}

const seeLarge = (unit: string) => `See ${unit} large`;

export function Diagram(props: Props) {
  const { inputs, hidden, outputs, classes, span, maps, weights, unit, onUnit, labelOf = seeLarge, overlay } = props;
  const [place, room] = useWidth();
  const sizes = [inputs.length, ...hidden, outputs.length];
  const layout = layoutOf(sizes, room, overlay !== undefined);
  const { width, height, side, letters, x, y } = layout;
  const links = useMemo(() => {
    // Weights may still belong to a network that is about to be replaced.
    const kernels = (weights ?? [])
      .filter(({ name }) => /^(hidden\d+|output)\/kernel$/.test(name))
      .filter(({ shape }, layer) => shape[0] === sizes[layer] && shape[1] === sizes[layer + 1]);
    return kernels.map((kernel, layer) => <Links key={kernel.name} kernel={kernel} layer={layer} layout={layout} />);
  }, [weights, room, sizes.join()]);
  const biases = useMemo(
    () =>
      (weights ?? [])
        .filter(({ name }) => /^(hidden\d+|output)\/bias$/.test(name))
        .filter(({ data }, layer) => data.length === sizes[layer + 1])
        .map((bias, layer) => <Biases key={bias.name} bias={bias} layer={layer} layout={layout} />),
    [weights, room, sizes.join()],
  );
  const label = (name: string) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);
  return (
    <div class="scroll" ref={place}>
      <div class="diagram" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg width={width} height={height} role="img" aria-label={`A network of ${sizes.join(", ")} neurons`}>
          {links}
          {biases}
          {inputs.slice(0, SHOWN).map((name, i) => (
            <text key={name} x={x(0) - 8} y={y(0, i)} text-anchor="end" dominant-baseline="middle">
              {label(name)}
            </text>
          ))}
          {outputs.slice(0, SHOWN).map((name, i) => (
            <text
              key={name}
              x={x(hidden.length + 1) + side / 2 + 6}
              y={y(hidden.length + 1, i)}
              dominant-baseline="middle"
            >
              {label(name)}
            </text>
          ))}
          {sizes.map(
            (size, layer) =>
              size > SHOWN && (
                <text key={layer} x={x(layer)} y={height - 8} text-anchor={layer ? "middle" : "end"} class="more">
                  {`+ ${size - SHOWN}`}
                </text>
              ),
          )}
        </svg>
        {maps?.map((units, layer) =>
          units
            .slice(0, SHOWN)
            .map((values, i) => (
              <UnitMap
                key={`${layer}-${i}`}
                values={values}
                output={layer === hidden.length ? { unit: i, classes, span } : null}
                labelOf={labelOf}
                name={layer === hidden.length ? `output ${outputs[i]}` : `neuron ${i + 1} of layer ${layer + 1}`}
                isChosen={unit?.layer === layer && unit.unit === i}
                place={{ left: x(layer + 1) - side / 2, top: y(layer + 1, i) - side / 2, side }}
                onChoose={() => onUnit({ layer, unit: i })}
              />
            )),
        )}
        {overlay?.(layout)}
      </div>
    </div>
  );
}

/** The ends of the connections from a layer to the next: beside a name, or a unit. */
export function endsOf({ x, side }: Layout, layer: number): readonly [begin: number, end: number] {
  return [x(layer) + (layer === 0 ? -2 : side / 2), x(layer + 1) - side / 2];
}

/** The path of a connection from a layer to the next. */
export function linkPath(layout: Layout, layer: number, from: number, to: number): string {
  const [begin, end] = endsOf(layout, layer);
  const middle = (begin + end) / 2;
  const [high, low] = [layout.y(layer, from), layout.y(layer + 1, to)];
  return `M${begin} ${high}C${middle} ${high} ${middle} ${low} ${end} ${low}`;
}

interface LinksProps {
  readonly kernel: WeightView;
  /** The layer that the weights come from. */
  readonly layer: number;
  readonly layout: Layout;
}

/** Weights as lines: colour shows the sign, width the size. */
function Links({ kernel: { shape, data }, layer, layout }: LinksProps) {
  const largest = data.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
  const [inputs, units] = shape;
  const pairs = Array.from({ length: Math.min(inputs, SHOWN) }, (_, from) =>
    Array.from({ length: Math.min(units, SHOWN) }, (_, to): [number, number] => [from, to]),
  ).flat();
  return (
    <g>
      {pairs.map(([from, to]) => {
        const weight = data[from * units + to];
        const share = Math.abs(weight) / largest;
        return (
          <path
            key={`${from}-${to}`}
            d={linkPath(layout, layer, from, to)}
            stroke={css(classColor(weight < 0 ? 0 : 1))}
            stroke-width={0.5 + 3.5 * share}
            opacity={0.25 + 0.6 * share}
          >
            <title>{`weight ${short(weight)}`}</title>
          </path>
        );
      })}
    </g>
  );
}

/** Biases as dots at the lower left of each unit: colour shows the sign, size the size. */
function Biases({
  bias: { data },
  layer,
  layout: { x, y, side },
}: {
  bias: WeightView;
  layer: number;
  layout: Layout;
}) {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return (
    <g>
      {Array.from(data.subarray(0, SHOWN), (value, unit) => (
        <circle
          key={unit}
          cx={x(layer + 1) - side / 2 - 4}
          cy={y(layer + 1, unit) + side / 2 - 2}
          r={1.5 + (2.5 * Math.abs(value)) / largest}
          fill={css(classColor(value < 0 ? 0 : 1))}
        >
          <title>{`bias ${short(value)}`}</title>
        </circle>
      ))}
    </g>
  );
}

interface UnitProps {
  readonly values: Float32Array;
  /** For outputs, which are drawn as the plane is. */
  readonly output: { readonly unit: number; readonly classes: number; readonly span: Span } | null;
  readonly name: string;
  readonly isChosen: boolean;
  labelOf(name: string): string;
  readonly place: { readonly left: number; readonly top: number; readonly side: number };
  onChoose(): void;
}

function UnitMap({ values, output, name, labelOf, isChosen, place: { left, top, side }, onChoose }: UnitProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper } = useInk();
  useEffect(() => {
    if (!canvas.current) return;
    if (output) drawOutput(canvas.current, values, { ...output, paper });
    else drawMap(canvas.current, values, paper);
  }, [values, paper[0]]);
  return (
    <button
      type="button"
      class="unit"
      title={name}
      aria-label={labelOf(name)}
      aria-pressed={isChosen}
      style={{ left: `${left}px`, top: `${top}px`, width: `${side}px`, height: `${side}px` }}
      onClick={onChoose}
    >
      <canvas ref={canvas} />
    </button>
  );
}
