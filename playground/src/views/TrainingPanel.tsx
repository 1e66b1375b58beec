/** Settings of the training. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { FoundRate } from "../engine/rate.js";
import { activations, backends, bounds, losses, optimizers, regularizations, type Setup } from "../setup.js";
import { Chart } from "./Chart.js";
import { Choice, NumberField, Switch } from "./fields.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  onChange(part: Partial<Setup>): void;
}

export function TrainingPanel({ setup, engine, onChange }: Props) {
  const [isSearching, setSearching] = useState(false);
  const [found, setFound] = useState<FoundRate | null>(null);
  useEffect(() => setFound(null), [setup.source]);
  const own = engine.info?.own ?? null;
  /** Also from the settings of a model that was brought to those of the page. */
  const choose =
    <Key extends "optimizer" | "activation" | "loss">(key: Key) =>
    (value: Setup[Key]) => {
      if (own && setup[key] === value) engine.reset();
      else onChange({ [key]: value });
    };
  const classes = engine.problem?.classes?.length ?? 0;
  const findRate = async () => {
    setSearching(true);
    try {
      const answer = await engine.client.ask<FoundRate>({ type: "findRate" });
      setFound(answer);
    } catch (error) {
      engine.tell({ message: (error as Error).message, remedy: null });
    } finally {
      setSearching(false);
    }
  };
  return (
    <section class="training" aria-label="Training">
      <h2>Training</h2>
      {own && (
        <p class="hint" data-testid="own">
          This model was brought, and keeps its own settings. Another optimizer, activation or loss begins anew with a
          network of this page.
        </p>
      )}
      <Choice
        label="Optimizer"
        own={own?.optimizer}
        value={setup.optimizer}
        names={optimizers}
        onChange={choose("optimizer")}
      />
      <NumberField
        label="Learning rate"
        value={setup.learningRate}
        {...bounds.learningRate}
        onChange={(learningRate) => onChange({ learningRate })}
      >
        <button type="button" disabled={isSearching || !engine.info} onClick={() => void findRate()}>
          {isSearching ? "Trying …" : "Find a rate"}
        </button>
      </NumberField>
      {found && (
        <RateCurve
          found={found}
          onTake={(learningRate) => {
            setFound(null);
            onChange({ learningRate });
          }}
          onClose={() => setFound(null)}
        />
      )}
      <NumberField
        label="Batch size"
        value={setup.batchSize}
        {...bounds.batchSize}
        onChange={(batchSize) => onChange({ batchSize })}
      />
      <Choice
        label="Activation"
        own={own?.activations.join(", ") || undefined}
        value={setup.activation}
        names={activations}
        onChange={choose("activation")}
      />
      <Choice
        label="Loss"
        own={own?.loss}
        value={setup.loss}
        names={losses}
        isDisabled={classes > 2}
        hint={
          classes > 2
            ? "More than two classes: softmax and cross-entropy."
            : setup.loss === "auto"
              ? `Here: ${classes ? "binary cross-entropy" : "mean squared error"}.`
              : ""
        }
        onChange={choose("loss")}
      />
      <Choice
        label="Regularization"
        value={setup.regularization}
        names={regularizations}
        onChange={(regularization) => onChange({ regularization })}
      />
      {setup.regularization !== "none" && (
        <NumberField
          label="Regularization rate"
          value={setup.regularizationRate}
          {...bounds.regularizationRate}
          onChange={(regularizationRate) => onChange({ regularizationRate })}
        />
      )}
      <NumberField
        label="Dropout"
        value={setup.dropout}
        {...bounds.dropout}
        hasSlider
        onChange={(dropout) => onChange({ dropout })}
      />
      <Switch
        label="Batch normalization"
        value={setup.batchNormalization}
        onChange={(batchNormalization) => onChange({ batchNormalization })}
      />
      <NumberField
        label="Seed of the weights"
        value={setup.seed}
        {...bounds.seed}
        onChange={(seed) => onChange({ seed })}
      />
      <Choice label="Runs on" value={setup.backend} names={backends} onChange={(backend) => onChange({ backend })} />
      <p class="hint">
        “reference” is the same arithmetic in plain JavaScript: feel the difference. “relaxed” may differ in the last
        bits from one engine to the next.
      </p>
    </section>
  );
}

interface RateProps {
  readonly found: FoundRate;
  onTake(rate: number): void;
  onClose(): void;
}

/** Result of the range test: the loss while the rate grew. */
function RateCurve({ found: { rates, losses, suggestion }, onTake, onClose }: RateProps) {
  const rate = suggestion === null ? null : Number(suggestion.toPrecision(2));
  const lines = useMemo(() => [{ label: "loss", values: losses }], [losses]);
  return (
    <div class="rate" data-testid="rate">
      <Chart
        title="Range test"
        xLabel="learning rate"
        spoken={
          rate === null ? "the loss never fell: more data or another network may help" : `falls most steeply at ${rate}`
        }
        x={rates}
        lines={lines}
        isLogarithmicX
      />
      {rate !== null && (
        <button type="button" class="primary" onClick={() => onTake(rate)}>
          {`Use ${rate}`}
        </button>
      )}
      <button type="button" onClick={onClose}>
        Hide
      </button>
    </div>
  );
}
