/** The landscape of the training loss over two directions, with the path of the run; follows the time line. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { css } from "../draw/colors.js";
import { drawHeights, heightColor } from "../draw/heights.js";
import type { LandscapeAxes, LandscapeView, WeightPlace, WeightView } from "../engine/protocol.js";
import { short } from "../numbers.js";
import type { TabProps } from "./tabs.js";
import { useInk } from "./theme.js";
import "./looking.css";

/** Sides of the grid: a first look, and a finer one. */
const COARSE = 11;
const FINE = 41;
/** Finer pictures only for networks that are quick enough: weights. */
const MOST_WEIGHTS = 3000;
/** Weights to choose from. */
const MOST_CHOICES = 200;

export function LandscapeTab({ engine }: TabProps) {
  const [axes, setAxes] = useState<LandscapeAxes>("principal");
  const [view, setView] = useState<LandscapeView | null>(null);
  const [trouble, setTrouble] = useState("");
  const { frame, slow, info, problem } = engine;
  const isRunning = frame?.isRunning ?? false;
  const moments = slow?.moments ?? [];
  const last = moments[moments.length - 1] ?? 0;
  /** While it trains, the path grows: a coarse picture follows each look at the weights. */
  const key = `${JSON.stringify(axes)} ${last} ${isRunning}`;
  useEffect(() => setAxes("principal"), [info]);
  const count = useRef(0);
  useEffect(() => {
    if (!info || last === 0) {
      setView(null);
      return;
    }
    const own = ++count.current;
    const sides = isRunning || info.parameters > MOST_WEIGHTS ? [COARSE] : [COARSE, FINE];
    const draw = async () => {
      for (const side of sides) {
        const seen = await engine.client.ask<LandscapeView>({ type: "landscape", axes, side });
        if (own !== count.current) return;
        setView(seen);
        setTrouble("");
      }
    };
    draw().catch((error: Error) => {
      if (own === count.current) setTrouble(error.message);
    });
  }, [key, info]);
  useEffect(
    () => () => {
      count.current++;
    },
    [],
  );
  const names = useMemo(() => namesOf(slow?.weights ?? [], problem?.columns ?? []), [info, slow?.weights === null]);
  return (
    <div class="looking">
      <div>
        {view ? (
          <Landscape view={view} epoch={frame?.epoch ?? 0} names={names} />
        ) : (
          <p data-testid="landscape-empty">{trouble || "Train for an epoch or more: then there is a path to draw."}</p>
        )}
      </div>
      <div>
        <p>
          Each place is a network with other weights; its colour is the training loss there. The line is the way that
          this run took, epoch by epoch: gradient descent looks for a valley.
        </p>
        <Axes axes={axes} names={names} onChange={setAxes} />
        {view && (
          <dl class="facts">
            <div>
              <dt>Loss at the start of the path</dt>
              <dd>{short(view.path[0].loss)}</dd>
            </div>
            <div>
              <dt>at its end</dt>
              <dd data-testid="landscape-end">{short(view.path[view.path.length - 1].loss)}</dd>
            </div>
            <div>
              <dt>Share of the way that lies in this slice</dt>
              <dd>{`${Math.round(100 * view.share)} %`}</dd>
            </div>
          </dl>
        )}
        <p class="hint">
          {axes === "principal"
            ? "The axes are the two directions in which the weights changed most. What changed in other directions is not in the picture, so the line lies near its places, not quite on them."
            : "Only these two weights change in the picture; all others are as they are at the end of the run. So the colour under the line is right at its end only."}
        </p>
      </div>
    </div>
  );
}

/** Square of the picture, in its own units. */
const SIDE = 100;

function Landscape({ view, epoch, names }: { view: LandscapeView; epoch: number; names: readonly Named[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper } = useInk();
  const isDark = paper[0] < 128;
  useEffect(() => {
    if (canvas.current) drawHeights(canvas.current, view.losses, view.side, isDark);
  }, [view, isDark]);
  const across = (x: number) => (SIDE * (x - view.across[0])) / (view.across[1] - view.across[0]);
  const up = (y: number) => SIDE - (SIDE * (y - view.up[0])) / (view.up[1] - view.up[0]);
  const { path } = view;
  const now = path.findLast((point) => point.epoch <= epoch) ?? path[0];
  const line = path.map(({ x, y }) => `${across(x).toFixed(2)},${up(y).toFixed(2)}`).join(" ");
  const [low, high] = [Math.min(...view.losses), Math.max(...view.losses)];
  const titles = axisNames(view.axes, names);
  return (
    <figure class="landscape">
      <div class="framed">
        <span class="up">{titles[1]}</span>
        <div
          class="picture"
          role="img"
          data-testid="landscape"
          aria-label={`Training loss from ${short(low)} to ${short(high)}; the path of the run ends at ${short(path[path.length - 1].loss)}`}
        >
          <canvas ref={canvas} />
          <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true">
            <polyline class="halo" points={line} />
            <polyline class="way" points={line} />
            <circle class="start" cx={across(path[0].x)} cy={up(path[0].y)} r={1.6} />
            <circle class="now" cx={across(now.x)} cy={up(now.y)} r={2.4} />
          </svg>
        </div>
        <span class="across">{titles[0]}</span>
      </div>
      <figcaption>
        <span>{short(low)}</span>
        <span
          class="scale"
          style={{
            background: `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((share) => css(heightColor(share, isDark))).join(", ")})`,
          }}
        />
        <span>{`${short(high)} training loss (logarithmic)`}</span>
        <span class="keys">
          <i class="key start" /> first weights <i class="key now" /> {`epoch ${now.epoch}, loss ${short(now.loss)}`}
        </span>
      </figcaption>
    </figure>
  );
}

interface Named extends WeightPlace {
  readonly label: string;
}

/** Weights by words: "layer 1, neuron 2: from x1". */
export function namesOf(weights: readonly WeightView[], columns: readonly string[]): Named[] {
  const all: Named[] = [];
  for (const { name, shape, data } of weights) {
    const [layer, kind] = name.split("/");
    if (kind !== "kernel" && kind !== "bias") continue;
    const units = shape[shape.length - 1];
    const number = /^hidden(\d+)$/.exec(layer)?.[1];
    for (let place = 0; place < data.length && all.length < MOST_CHOICES; place++) {
      const neuron = number ? `layer ${number}, neuron ${(place % units) + 1}` : `output ${(place % units) + 1}`;
      const from = Math.floor(place / units);
      const source =
        number === "1" || weights.length === 2 ? (columns[from] ?? `input ${from + 1}`) : `neuron ${from + 1}`;
      all.push({ name, place, label: kind === "bias" ? `${neuron}: bias` : `${neuron}: from ${source}` });
    }
  }
  return all;
}

function axisNames(axes: LandscapeAxes, names: readonly Named[]): [string, string] {
  if (axes === "principal") return ["1st principal direction", "2nd principal direction"];
  const of = ({ name, place }: WeightPlace) =>
    names.find((each) => each.name === name && each.place === place)?.label ?? name;
  return [of(axes[0]), of(axes[1])];
}

interface AxesProps {
  readonly axes: LandscapeAxes;
  readonly names: readonly Named[];
  onChange(axes: LandscapeAxes): void;
}

function Axes({ axes, names, onChange }: AxesProps) {
  if (names.length < 2) return null;
  const bare = ({ name, place }: WeightPlace): WeightPlace => ({ name, place });
  const choose = (side: 0 | 1, at: number) => {
    if (axes === "principal") return;
    const other = axes[1 - side];
    const chosen = bare(names[at]);
    const isSame = other.name === chosen.name && other.place === chosen.place;
    const kept = isSame ? axes[side] : other;
    onChange(side === 0 ? [chosen, kept] : [kept, chosen]);
  };
  return (
    <fieldset class="axes">
      <legend>Slice along</legend>
      <label class="switch">
        <input type="radio" name="slice" checked={axes === "principal"} onChange={() => onChange("principal")} />
        principal directions
      </label>
      <label class="switch">
        <input
          type="radio"
          name="slice"
          checked={axes !== "principal"}
          onChange={() => onChange([bare(names[0]), bare(names[1])])}
        />
        two weights
      </label>
      {axes !== "principal" &&
        (["across", "up"] as const).map((side, i) => (
          <label key={side} class="field">
            <span>{side}</span>
            <select
              value={String(names.findIndex(({ name, place }) => name === axes[i].name && place === axes[i].place))}
              onChange={({ currentTarget }) => choose(i as 0 | 1, Number(currentTarget.value))}
            >
              {names.map(({ label }, at) => (
                <option key={label} value={String(at)}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        ))}
    </fieldset>
  );
}
