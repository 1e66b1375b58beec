/** Controls to build the network (inputs, layers and units), and its picture. */
import { featureNames, isPlane, MOST_LAYERS, MOST_UNITS, type Setup } from "../setup.js";
import { Diagram } from "./Diagram.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  onChange(part: Partial<Setup>): void;
}

export function NetworkPanel({ setup, engine, onChange }: Props) {
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
  return (
    <section class="network" id="network" aria-label="Network" tabIndex={-1}>
      <h2>Network</h2>
      {isPlane(setup.source) && (
        <fieldset class="chips">
          <legend>Inputs</legend>
          {featureNames.map((name) => (
            <button key={name} type="button" aria-pressed={setup.features.includes(name)} onClick={() => toggle(name)}>
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
      <Diagram
        inputs={inputs}
        hidden={hidden}
        outputs={outputs}
        maps={mapsOf(engine)}
        weights={slow?.weights ?? null}
        unit={engine.unit}
        onUnit={engine.choose}
      />
      <p class="hint">A square shows what its unit says about each place of the plane. Press one to see it large.</p>
    </section>
  );
}

/** The plane as each unit sees it; for images, units of the first layer show their weights as an image. */
function mapsOf({ frame, slow, problem }: EngineHandle): readonly (readonly Float32Array[])[] | null {
  const [first, ...others] = frame?.maps ?? [];
  const kernel = slow?.weights?.find(
    ({ name, shape }) => /\/kernel$/.test(name) && shape[0] === problem?.columns.length,
  );
  if (!first) return null;
  if (!problem?.image || problem.image[0] !== problem.image[1] || !kernel) return [first, ...others];
  const [pixels, units] = kernel.shape;
  const weightsOf = (unit: number) => Float32Array.from({ length: pixels }, (_, i) => kernel.data[i * units + unit]);
  return [first.map((_, unit) => weightsOf(unit)), ...others];
}
