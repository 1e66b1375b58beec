/** Points by hand: a layer over the plane that takes them, by pointer and by keyboard, and the tools below it. */
import { useRef, useState } from "preact/hooks";
import { classColor, css, signedColor } from "../draw/colors.js";
import {
  FEWEST_POINTS,
  FIRST_POINTS,
  fromText,
  KINDS,
  MOST_HAND_POINTS,
  nearest,
  toText,
  VALUE_STEP,
  withValues,
} from "../engine/hand.js";
import { counted } from "../numbers.js";
import { NumberField } from "./fields.js";
import { useInk } from "./theme.js";
import type { Hand } from "./useHand.js";

/** Half the side of the plane. */
const REACH = 6;
/** Distance between the points of a stroke, and from a point within which the eraser takes it. */
const APART = 0.5;
/** Steps of the mark by arrow keys. */
const STEP = 0.25;

type Place = readonly [number, number];
const names = ["blue", "orange", "3", "4", "5"];
const symbols = ["●", "■", "▲", "◆"];
/** A value on the grid of values. */
const rounded = (value: number) => Math.min(1, Math.max(-1, Number(value.toFixed(2))));
const clamp = (value: number) => Math.min(REACH, Math.max(-REACH, value));

export function HandPad({ hand }: { hand: Hand }) {
  const [mark, setMark] = useState<Place | null>(null);
  const [said, setSaid] = useState("");
  const stroke = useRef<Place | null>(null);

  const act = ([x, y]: Place, tool: Hand["tool"], isSame: boolean) => {
    const points = fromText(hand.now());
    if (tool === "erase") {
      const at = nearest(points, [x, y], APART);
      if (at < 0) return "There is no point here.";
      if (points.length <= FEWEST_POINTS) return `At least ${FEWEST_POINTS} points stay.`;
      hand.put(toText(points.filter((_, i) => i !== at)), isSame);
      return "One point less.";
    }
    if (points.length >= MOST_HAND_POINTS) return `There is room for ${MOST_HAND_POINTS} points.`;
    hand.put(toText([...points, { x1: x, x2: y, kind: hand.kind() }]), isSame);
    return `One point more: ${hand.isValued ? `value ${hand.value}` : names[tool]}.`;
  };
  const placeOf = (event: PointerEvent): Place => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (at: number, from: number, size: number) => ((at - from) / size - 0.5) * 2 * REACH;
    return [share(event.clientX, box.left, box.width), -share(event.clientY, box.top, box.height)];
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    stroke.current = placeOf(event);
    setSaid(act(stroke.current, hand.tool, false));
  };
  const move = (event: PointerEvent) => {
    const [last, place] = [stroke.current, placeOf(event)];
    if (!last || Math.hypot(place[0] - last[0], place[1] - last[1]) < APART) return;
    stroke.current = place;
    act(place, hand.tool, true);
  };
  const press = (event: KeyboardEvent) => {
    const [x, y] = mark ?? [0, 0];
    const step = event.shiftKey ? 4 * STEP : STEP;
    const arrows: Record<string, Place> = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y + step],
      ArrowDown: [x, y - step],
    };
    const to = arrows[event.key];
    if (to) {
      const next: Place = [clamp(to[0]), clamp(to[1])];
      setMark(next);
      setSaid(`x1 ${next[0]}, x2 ${next[1]}`);
    } else if (hand.isValued && (event.key === "+" || event.key === "-")) {
      const value = rounded(hand.value + (event.key === "+" ? VALUE_STEP : -VALUE_STEP));
      hand.onValue(value);
      setSaid(`value ${value}`);
    } else if (event.key === "Enter" || event.key === " ") setSaid(act([x, y], hand.tool, false));
    else if (event.key === "Delete" || event.key === "Backspace") setSaid(act([x, y], "erase", false));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <button
        type="button"
        class="hand-pad"
        aria-label={`Plane for points: arrow keys move the mark, Enter sets a point, Delete takes the nearest away${
          hand.isValued ? ", plus and minus change the value" : ""
        }`}
        data-testid="hand-pad"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => {
          stroke.current = null;
        }}
        onPointerCancel={() => {
          stroke.current = null;
        }}
        onKeyDown={press}
        onFocus={() => setMark((old) => old ?? [0, 0])}
        onBlur={() => setMark(null)}
      >
        {mark && (
          <i
            class="mark"
            style={{ left: `${50 + (50 * mark[0]) / REACH}%`, top: `${50 - (50 * mark[1]) / REACH}%` }}
            aria-hidden="true"
          />
        )}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}

export function HandTools({ hand }: { hand: Hand }) {
  const { paper, ink } = useInk();
  const points = fromText(hand.text);
  const turn = (wantsValues: boolean) => {
    if (hand.tool !== "erase") hand.onTool(0);
    hand.put(toText(withValues(points, wantsValues)));
  };
  const first = toText(withValues(fromText(FIRST_POINTS), hand.isValued));
  return (
    <div class="hand-tools">
      <fieldset class="chips">
        <legend>Points have</legend>
        {[false, true].map((isValue) => (
          <label key={String(isValue)} class="chip">
            <input type="radio" name="hand-target" checked={hand.isValued === isValue} onChange={() => turn(isValue)} />
            <span>{isValue ? "A value" : "A class"}</span>
          </label>
        ))}
      </fieldset>
      {hand.isValued && (
        <NumberField
          label="Value of the points to add"
          value={hand.value}
          min={-1}
          max={1}
          step={VALUE_STEP}
          hasSlider
          onChange={(value) => {
            hand.onValue(rounded(value));
            hand.onTool(0);
          }}
        />
      )}
      <fieldset class="chips">
        <legend>Points to add</legend>
        {hand.isValued && (
          <label class="chip">
            <input type="radio" name="hand" checked={hand.tool !== "erase"} onChange={() => hand.onTool(0)} />
            <span>
              <b
                class="hand-value"
                style={{ background: css(signedColor(hand.value, paper)), borderColor: css(ink) }}
                aria-hidden="true"
              />
              {`Value ${hand.value}`}
            </span>
          </label>
        )}
        {names.slice(0, hand.isValued ? 0 : KINDS).map((name, kind) => (
          <label key={name} class="chip">
            <input type="radio" name="hand" checked={hand.tool === kind} onChange={() => hand.onTool(kind)} />
            <span>
              <b
                class="hand-symbol"
                style={hand.tool === kind ? {} : { color: css(classColor(kind)) }}
                aria-hidden="true"
              >
                {symbols[kind % symbols.length]}
              </b>
              {name}
            </span>
          </label>
        ))}
        <label class="chip">
          <input type="radio" name="hand" checked={hand.tool === "erase"} onChange={() => hand.onTool("erase")} />
          <span>Eraser</span>
        </label>
      </fieldset>
      <div class="row">
        <button type="button" disabled={!hand.canUndo} onClick={hand.undo}>
          Undo
        </button>
        <button type="button" disabled={hand.text === first} onClick={() => hand.put(first)}>
          First points
        </button>
        <p class="hint">{`${counted(points.length, "point")}. Press or drag in the plane; Copy link takes them along.`}</p>
      </div>
    </div>
  );
}
