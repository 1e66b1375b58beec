/** The chosen neuron in numbers: its weights and its bias, each of which can be set by hand. */
import { short } from "../numbers.js";
import type { EngineHandle } from "./useEngine.js";

/** Most weights with a field of their own. */
const MOST = 16;

interface Props {
  readonly engine: EngineHandle;
  readonly inputs: readonly string[];
  readonly hidden: readonly number[];
}

export function Neuron({ engine, inputs, hidden }: Props) {
  const { unit, slow } = engine;
  if (!unit) return null;
  const layer = unit.layer < hidden.length ? `hidden${unit.layer + 1}` : "output";
  const find = (name: string) => slow?.weights?.find((weight) => weight.name === `${layer}/${name}`);
  const [kernel, bias] = [find("kernel"), find("bias")];
  if (!kernel) return null;
  const [count, units] = kernel.shape;
  const nameOf = (from: number) => (unit.layer === 0 ? inputs[from] : `neuron ${from + 1}`);
  return (
    <fieldset class="neuron" data-testid="neuron">
      <legend>Weights of this neuron, to change by hand</legend>
      {count <= MOST &&
        Array.from({ length: count }, (_, from) => {
          const place = from * units + unit.unit;
          return (
            <Value
              key={from}
              label={nameOf(from)}
              value={kernel.data[place]}
              onChange={(value) => engine.edit(kernel.name, place, value)}
            />
          );
        })}
      {bias && (
        <Value
          label="bias"
          value={bias.data[unit.unit]}
          onChange={(value) => engine.edit(bias.name, unit.unit, value)}
        />
      )}
    </fieldset>
  );
}

function Value({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="number"
        step="any"
        value={short(value)}
        onChange={({ currentTarget }) => {
          const typed = Number(currentTarget.value);
          if (currentTarget.value.trim() !== "" && Number.isFinite(typed)) onChange(typed);
          else currentTarget.value = short(value);
        }}
      />
    </label>
  );
}
