/** The network's output on its plane, or for a digit that the user draws; or one unit, enlarged. */
import { amount, short } from "../numbers.js";
import type { OwnName } from "../setup.js";
import { DrawingPad } from "./DrawingPad.js";
import { Plane, type PlaneProps } from "./Plane.js";
import { TimeLine } from "./TimeLine.js";

export function OutputPanel({
  setup,
  engine,
  hasTimeLine,
  onChange,
  point,
  onRow,
}: PlaneProps & { hasTimeLine: boolean }) {
  const { problem, logs, unit } = engine;
  const last = logs[logs.length - 1];
  const score = problem && !problem.classes ? "mean absolute error" : "accuracy";
  const hasTest = !problem || problem.testRows > 0;
  const scored = last && (hasTest ? last.valScore : last.score);
  const scoreText = scored === undefined ? "–" : problem?.classes ? scored.toFixed(3) : amount(scored);
  const layer = unit && (unit.layer < setup.hidden.length ? `layer ${unit.layer + 1}` : "the output");
  return (
    <section class="output" aria-label="Output">
      <div class="row between">
        <h2>{unit ? `Neuron ${unit.unit + 1} of ${layer}` : engine.other ? "Output of run B" : "Output"}</h2>
        {unit && (
          <button type="button" onClick={() => engine.choose(null)}>
            Back to the output
          </button>
        )}
      </div>
      <dl class="scores">
        <div>
          <dt>Training loss</dt>
          <dd data-testid="loss">{last ? short(last.loss) : "–"}</dd>
        </div>
        <div>
          <dt>Test loss</dt>
          <dd>{last ? short(last.valLoss) : "–"}</dd>
        </div>
        <div>
          <dt>{`${hasTest ? "Test" : "Training"} ${score}`}</dt>
          <dd data-testid="score">{scoreText}</dd>
        </div>
      </dl>
      {engine.missing ? (
        <EmptyPlane source={engine.missing} />
      ) : problem?.image && !unit ? (
        <DrawingPad engine={engine} image={problem.image} classes={problem.classes ?? []} />
      ) : (
        <Plane setup={setup} engine={engine} onChange={onChange} point={point} onRow={onRow} />
      )}
      {hasTimeLine && <TimeLine engine={engine} />}
    </section>
  );
}

/** In the place of the plane, where a link is about files that stayed with whoever made it. */
function EmptyPlane({ source }: { source: OwnName }) {
  const [what, files] = source === "csv" ? ["a table", "Drop your file"] : ["images", "Drop the two files"];
  return (
    <div class="empty" data-testid="empty">
      <p class="big">{`${files} here`}</p>
      <p>
        {`This link is about ${what} that stayed with whoever made the link, as nothing is ever sent from this page. `}
        {"Bring your own, anywhere on the page, or choose a data set under Data."}
      </p>
    </div>
  );
}
