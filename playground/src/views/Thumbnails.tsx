/** Small pictures: of an input, and of a set of two features. */
import { useEffect, useRef } from "preact/hooks";
import { drawMap, drawPoints } from "../draw/plane.js";
import { featuresOf } from "../engine/features.js";
import type { Thumbnail } from "../engine/protocol.js";
import type { FeatureName } from "../setup.js";
import { useInk } from "./theme.js";

/** Half the side of the square in which planes are shown. */
const REACH = 6;
const SIDE = 24;
/** Pixels of the picture of a set. */
const SHARP = 96;

/** An input over the plane. */
export function FeatureMap({ name }: { name: FeatureName }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper } = useInk();
  useEffect(() => {
    const place = (i: number) => ((i + 0.5) / SIDE) * 2 * REACH - REACH;
    const points = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, i) =>
      i % 2 === 0 ? place((i >> 1) % SIDE) : -place(Math.floor((i >> 1) / SIDE)),
    );
    if (canvas.current) drawMap(canvas.current, featuresOf(points, [name]), paper);
  }, [name, paper[0]]);
  return <canvas ref={canvas} class="thumbnail" />;
}

/** The samples of a set; an empty square until they are there. */
export function SetPicture({ thumbnail }: { thumbnail: Thumbnail | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  useEffect(() => {
    if (!canvas.current || !thumbnail) return;
    const { classes, ...samples } = thumbnail;
    const span = { center: 0, reach: 1 };
    drawPoints(canvas.current, [{ ...samples, isTest: false }], { reach: REACH, classes, paper, ink, span });
  }, [thumbnail, paper[0]]);
  return <canvas ref={canvas} class="thumbnail" width={SHARP} height={SHARP} />;
}
