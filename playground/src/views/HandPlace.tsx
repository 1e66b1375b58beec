/** A part of what takes points by hand, loaded when someone first wants it. */
import { useEffect, useState } from "preact/hooks";
import type { Hand } from "./useHand.js";

type Parts = typeof import("./HandPad.js");

export function HandPlace({ part, hand }: { part: "HandPad" | "HandTools"; hand: Hand }) {
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => {
    void import("./HandPad.js").then(setParts);
  }, []);
  const View = parts?.[part];
  return View ? <View hand={hand} /> : null;
}
