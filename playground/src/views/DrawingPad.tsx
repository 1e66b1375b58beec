/** A pad to draw a digit on with mouse, pen or finger, and the network's prediction while it is drawn. */
import { useEffect, useRef, useState } from "preact/hooks";
import { centredImage, PEN, SIDE } from "../draw/digit.js";
import { drawImage } from "../draw/plane.js";
import { probabilitiesOf } from "../engine/classes.js";
import { Bars } from "./Bars.js";
import { useInk } from "./theme.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly engine: EngineHandle;
  readonly image: readonly [height: number, width: number];
  readonly classes: readonly string[];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Images of fewer pixels than this in height say little about handwriting. */
const SMALL = 16;

export function DrawingPad({ engine, image, classes }: Props) {
  const pad = useRef<HTMLCanvasElement>(null);
  const seen = useRef<HTMLCanvasElement>(null);
  const last = useRef<Place | null>(null);
  const [shares, setShares] = useState<readonly number[] | null>(null);
  /** The image that the network receives. */
  const [x, setX] = useState<Float32Array | null>(null);
  const [next, setNext] = useState(0);
  const { paper, ink } = useInk();
  const context = () => pad.current?.getContext("2d", { willReadFrequently: true });

  useEffect(() => {
    if (seen.current) {
      const [height, width] = image;
      drawImage(seen.current, x ?? new Float32Array(height * width), { height, width, most: 1, paper, ink });
    }
    if (!x) return setShares(null);
    let isLate = false;
    engine.client
      .ask<Float32Array>({ type: "predict", x })
      .then((predictions) => isLate || setShares(probabilitiesOf(predictions)))
      .catch(() => {}); // the data have changed meanwhile; the next request brings an answer
    return () => {
      isLate = true;
    };
  }, [x, engine.slow, paper[0]]);

  const clear = () => {
    context()?.clearRect(0, 0, SIDE, SIDE);
    setX(null);
  };
  const at = (event: PointerEvent): Place => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * SIDE, y: ((event.clientY - box.top) / box.height) * SIDE };
  };
  const draw = (event: PointerEvent) => {
    const pen = context();
    if (!pen || !last.current) return;
    const to = at(event);
    stroke(pen, last.current, to, `rgb(${ink.join(" ")})`);
    last.current = to;
    setX(centredImage(pen.getImageData(0, 0, SIDE, SIDE), image));
  };
  const lift = () => {
    last.current = null;
  };
  /** Shows a test row, for those who cannot draw. */
  const bring = async () => {
    const { trainRows = 1, testRows = 0 } = engine.problem ?? {};
    const row =
      testRows > 0
        ? ({ part: "test", row: next % testRows } as const)
        : ({ part: "train", row: next % trainRows } as const);
    const { x: values } = await engine.client.ask<{ x: number[][] }>({ type: "row", place: row });
    setNext(next + 1);
    context()?.clearRect(0, 0, SIDE, SIDE);
    setX(Float32Array.from(values[0]));
  };
  return (
    <div class="drawing">
      <div>
        <canvas
          ref={pad}
          class="pad"
          width={SIDE}
          height={SIDE}
          data-testid="pad"
          role="img"
          aria-label="Pad to draw a digit on"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            last.current = at(event);
            draw(event);
          }}
          onPointerMove={draw}
          onPointerUp={lift}
          onPointerCancel={lift}
        />
        <div class="row">
          <button type="button" onClick={clear}>
            Clear
          </button>
          <button type="button" disabled={!engine.problem} onClick={() => void bring()}>
            A test digit
          </button>
        </div>
      </div>
      <div class="answer">
        <div class="row seen">
          <canvas ref={seen} role="img" aria-label="What the network sees" />
          <p class="hint">
            {x ? "What the network sees" : "Draw a digit, once the network has learned a little."}
            {image[0] < SMALL && " These few pixels are not enough to read all handwriting: MNIST reads yours better."}
          </p>
        </div>
        <Bars names={classes} shares={shares} />
      </div>
    </div>
  );
}

function stroke(pen: CanvasRenderingContext2D, from: Place, to: Place, color: string): void {
  pen.strokeStyle = color;
  pen.lineWidth = PEN * SIDE;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}
