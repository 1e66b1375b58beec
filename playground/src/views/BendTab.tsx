/** The plane as a hidden layer of two neurons bends it, with the line that the next layer draws there. */
import { useEffect, useRef, useState } from "preact/hooks";
import { drawBent, rightShare, spansOf } from "../draw/bend.js";
import type { BentView } from "../engine/protocol.js";
import { short } from "../numbers.js";
import type { TabProps } from "./tabs.js";
import { useInk } from "./theme.js";
import "./looking.css";

export function BendTab({ setup, engine }: TabProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [view, setView] = useState<BentView | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  const { slow, problem, info, opened } = engine;
  const hidden = opened?.hidden ?? setup.hidden;
  const layers = hidden.flatMap((units, i) => (units === 2 ? [i] : []));
  const layer = layers.find((each) => each === chosen) ?? layers[layers.length - 1];
  useEffect(() => {
    if (layer === undefined || !info) {
      setView(null);
      return;
    }
    let isLate = false;
    engine.client
      .ask<BentView>({ type: "bend", layer })
      .then((seen) => !isLate && setView(seen))
      .catch(() => !isLate && setView(null));
    return () => {
      isLate = true;
    };
  }, [layer, slow, info]);
  const classes = problem?.classes?.length ?? 0;
  const span = problem?.span ?? { center: 0, reach: 1 };
  useEffect(() => {
    if (canvas.current && view) drawBent(canvas.current, view, { classes, paper, ink, span });
  }, [view, classes, paper[0]]);
  if (layer === undefined) {
    return (
      <p data-testid="bend-empty">
        A layer of two neurons can be drawn as a plane: each neuron is an axis. Give a hidden layer 2 neurons, by − and
        + beside it, and see here how it bends the plane until one straight line is enough.
      </p>
    );
  }
  const share = view && classes > 0 ? rightShare(view) : null;
  const spans = view && spansOf(view);
  const isLast = layer === hidden.length - 1;
  const shareText =
    share === null ? "" : `${Math.round(1000 * share) / 10} % of the training samples are on the side of their class`;
  return (
    <div class="looking">
      <figure>
        <div class="framed">
          <span class="up">output of neuron 2</span>
          <div
            class="picture"
            role="img"
            data-testid="bend"
            aria-label={`The plane as layer ${layer + 1} bends it. ${shareText}`}
          >
            <canvas ref={canvas} />
          </div>
          <span class="across">output of neuron 1</span>
        </div>
        {spans && (
          <figcaption>
            {`across ${short(spans[0].low)} to ${short(spans[0].high)}, up ${short(spans[1].low)} to ${short(spans[1].high)}`}
          </figcaption>
        )}
      </figure>
      <div>
        <p>
          {`Each sample is drawn where layer ${layer + 1} puts it: the output of its first neuron across, that of its second up. The grid was square on the plane of the inputs; the layer has bent it.`}
        </p>
        <p>
          {isLast
            ? "The next layer can only draw straight lines. It learns when the bent plane is such that lines are enough."
            : "The lines are those of the next layer's neurons: each is 0 on its line, before its activation function."}
        </p>
        {share !== null && <p data-testid="bend-share">{`${shareText}.`}</p>}
        {view && !view.next && (
          <p class="hint">Something stands between this layer and the next, so no line is drawn.</p>
        )}
        {layers.length > 1 && (
          <label class="field">
            <span>Layer</span>
            <select value={String(layer)} onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}>
              {layers.map((each) => (
                <option key={each} value={String(each)}>{`Layer ${each + 1}`}</option>
              ))}
            </select>
          </label>
        )}
      </div>
    </div>
  );
}
