/** Points by hand as a page's state: the tool, and what can be undone. */
import { useRef, useState } from "preact/hooks";
import { areValued, fromText, kindOf } from "../engine/hand.js";
import type { Setup } from "../setup.js";

/** The class of the points to add, or the eraser; of points with values any number. */
export type HandTool = number | "erase";

export interface Hand {
  readonly text: string;
  readonly tool: HandTool;
  readonly canUndo: boolean;
  /** True if points have values, not classes. */
  readonly isValued: boolean;
  /** Value of the points to add. */
  readonly value: number;
  onTool(tool: HandTool): void;
  onValue(value: number): void;
  /** The class or the value of the points to add, as text has it. */
  kind(): number;
  /** Other points; `isSame`: a part of the last stroke, undone with it. */
  put(text: string, isSame?: boolean): void;
  undo(): void;
  /** The points now, also within a stroke that has not been rendered yet. */
  now(): string;
}

export function useHand({ points }: Setup, onChange: (part: Partial<Setup>) => void): Hand {
  const [tool, onTool] = useState<HandTool>(0);
  const [value, onValue] = useState(0.5);
  const isValued = areValued(fromText(points));
  const past = useRef<string[]>([]);
  const last = useRef(points);
  const told = useRef(points);
  if (told.current !== points) told.current = last.current = points;
  const put = (text: string, isSame = false) => {
    if (text === last.current) return;
    if (!isSame) past.current.push(last.current);
    last.current = text;
    onChange({ points: text });
  };
  const undo = () => {
    const text = past.current.pop();
    if (text === undefined) return;
    last.current = text;
    onChange({ points: text });
  };
  const kind = () => (isValued ? kindOf(value) : tool === "erase" ? 0 : tool);
  return {
    ...{ text: points, tool, isValued, value, onTool, onValue, kind, put, undo },
    canUndo: past.current.length > 0,
    now: () => last.current,
  };
}
