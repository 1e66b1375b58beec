/** A part of the comparison of two runs, loaded when there is one. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CompareProps } from "./Compare.js";

type Parts = Record<"Compare" | "CompareCurves", ComponentType<CompareProps>>;

export function ComparePlace({ part, ...shared }: CompareProps & { part: keyof Parts }) {
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => {
    void import("./Compare.js").then(setParts);
  }, []);
  const View = parts?.[part];
  return View ? <View {...shared} /> : null;
}
