/** Points by hand as a page's state: the tool, and what can be undone. */
import { useRef, useState } from "preact/hooks";
import type { Setup } from "../setup.js";

/** The class of the points to add, or the eraser. */
export type HandTool = number | "erase";

export interface Hand {
  readonly text: string;
  readonly tool: HandTool;
  readonly canUndo: boolean;
  onTool(tool: HandTool): void;
  /** Other points; `isSame`: a part of the last stroke, undone with it. */
  put(text: string, isSame?: boolean): void;
  undo(): void;
  /** The points now, also within a stroke that has not been rendered yet. */
  now(): string;
}

export function useHand({ points }: Setup, onChange: (part: Partial<Setup>) => void): Hand {
  const [tool, onTool] = useState<HandTool>(0);
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
  return { text: points, tool, canUndo: past.current.length > 0, onTool, put, undo, now: () => last.current };
}
