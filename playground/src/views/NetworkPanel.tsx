/** Controls to build the network (inputs, layers and units), and its picture. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RowPlace, UnitPlace } from "../engine/protocol.js";
import { featureNames, isPlane, MOST_LAYERS, MOST_UNITS, type Setup } from "../setup.js";
import { Diagram } from "./Diagram.js";
import { Neuron } from "./Neuron.js";
import type { StepProps } from "./StepThrough.js";
import { FeatureMap } from "./Thumbnails.js";
import type { EngineHandle } from "./useEngine.js";

/** More weights than these are felt. */
const MANY = 100_000;

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  onChange(part: Partial<Setup>): void;
  /** The sample that goes through the network step by step. */
  readonly point: RowPlace | null;
  onPoint(point: RowPlace | null): void;
  onRow(row: RowPlace): void;
}

export function NetworkPanel({ setup, engine, onChange, point, onPoint, onRow }: Props) {
  const { slow, problem } = engine;
  const { hidden } = setup;
  const inputs = problem?.columns ?? [];
  const outputs = problem?.classes && problem.classes.length > 2 ? problem.classes : [problem?.target ?? "output"];
  const setLayer = (layer: number, units: number) =>
    onChange({ hidden: hidden.map((old, i) => (i === layer ? units : old)) });
  const toggle = (name: (typeof featureNames)[number]) => {
    const has = setup.features.includes(name);
    const features = featureNames.filter((each) => (each === name ? !has : setup.features.includes(each)));
    if (features.length > 0) onChange({ features });
  };
  const [StepThrough, setStepThrough] = useState<ComponentType<StepProps> | null>(null);
  useEffect(() => {
    if (point && !StepThrough)
      void import("./StepThrough.js").then((loaded) => setStepThrough(() => loaded.StepThrough));
  }, [point, StepThrough]);
  const begin = useRef<HTMLButtonElement>(null);
  const wasStepping = useRef(false);
  useEffect(() => {
    // The focus was on what is closed now.
    if (!point && wasStepping.current && document.activeElement === document.body) begin.current?.focus();
    wasStepping.current = point !== null;
  }, [point]);
  const picture = {
    inputs,
    hidden,
    outputs,
    classes: problem?.classes?.length ?? 0,
    span: problem?.span ?? { center: 0, reach: 1 },
    maps: mapsOf(engine),
    weights: slow?.weights ?? null,
    unit: engine.unit,
    onUnit: engine.choose,
  };
  return (
    <section class="network" id="network" aria-label="Network" tabIndex={-1}>
      <div class="row between">
        <h2>Network</h2>
        {!point && (
          <button
            ref={begin}
            type="button"
            class="begin"
            disabled={!problem}
            onClick={() => onPoint({ part: "train", row: 0 })}
          >
            Step through one sample
          </button>
        )}
      </div>
      {isPlane(setup.source) && (
        <fieldset class="chips">
          <legend>Inputs</legend>
          {featureNames.map((name) => (
            <button key={name} type="button" aria-pressed={setup.features.includes(name)} onClick={() => toggle(name)}>
              <FeatureMap name={name} />
              {name}
            </button>
          ))}
        </fieldset>
      )}
      <ol class="layers">
        {hidden.map((units, i) => (
          <li key={i}>
            <span>{`Layer ${i + 1}`}</span>
            <button
              type="button"
              aria-label={`Layer ${i + 1}: one unit less`}
              disabled={units <= 1}
              onClick={() => setLayer(i, units - 1)}
            >
              −
            </button>
            <input
              type="number"
              aria-label={`Units of layer ${i + 1}`}
              min={1}
              max={MOST_UNITS}
              value={units}
              onChange={({ currentTarget }) => {
                const typed = Math.round(Number(currentTarget.value));
                if (typed >= 1 && typed <= MOST_UNITS) setLayer(i, typed);
                else currentTarget.value = String(units);
              }}
            />
            <button
              type="button"
              aria-label={`Layer ${i + 1}: one unit more`}
              disabled={units >= MOST_UNITS}
              onClick={() => setLayer(i, units + 1)}
            >
              +
            </button>
            <button
              type="button"
              aria-label={`Remove layer ${i + 1}`}
              onClick={() => onChange({ hidden: hidden.filter((_, j) => j !== i) })}
            >
              ×
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            disabled={hidden.length >= MOST_LAYERS}
            onClick={() => onChange({ hidden: [...hidden, hidden[hidden.length - 1] ?? 4] })}
          >
            Add a layer
          </button>
        </li>
      </ol>
      {(engine.info?.parameters ?? 0) > MANY && (
        <p class="hint" data-testid="many">
          {`This network has ${engine.info?.parameters.toLocaleString("en")} weights: epochs take longer, and the pictures follow less often.`}
        </p>
      )}
      {point && StepThrough ? (
        <StepThrough picture={picture} engine={engine} point={point} onPoint={onPoint} onRow={onRow} />
      ) : (
        <>
          <Diagram {...picture} />
          <Neuron engine={engine} inputs={inputs} hidden={hidden} />
          <p class="hint">
            {problem?.image
              ? "A square of layer 1 shows the weights of its neuron, pixel by pixel. Press one to enlarge it."
              : "A square shows the output of its neuron at each point of the plane. Press one to enlarge it."}
          </p>
        </>
      )}
    </section>
  );
}

/** The plane as each unit sees it; for images, units of the first layer show their weights as an image. */
function mapsOf({ frame, slow, problem }: EngineHandle): readonly (readonly Float32Array[])[] | null {
  const [first, ...others] = frame?.maps ?? [];
  if (!first) return null;
  if (problem?.image?.[0] !== problem?.image?.[1]) return [first, ...others];
  return [first.map((values, unit) => weightImage({ slow, problem }, { layer: 0, unit }) ?? values), ...others];
}

/** The weights of a neuron of the first layer, by pixel; `null` for other data and other layers. */
export function weightImage(
  { slow, problem }: Pick<EngineHandle, "slow" | "problem">,
  { layer, unit }: UnitPlace,
): Float32Array | null {
  const kernel = slow?.weights?.find(
    ({ name, shape }) => name.endsWith("/kernel") && shape[0] === problem?.columns.length,
  );
  if (!problem?.image || layer > 0 || !kernel) return null;
  const [pixels, units] = kernel.shape;
  return Float32Array.from({ length: pixels }, (_, i) => kernel.data[i * units + unit]);
}
