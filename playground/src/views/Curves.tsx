/** Losses and scores by epoch. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { bestOf, isOverfitting, spansDecades } from "../engine/logs.js";
import type { EpochLog } from "../engine/protocol.js";
import { short } from "../numbers.js";
import { Chart } from "./Chart.js";
import { Switch } from "./fields.js";

interface Props {
  readonly logs: readonly EpochLog[];
  readonly isClasses: boolean;
  /** More for the head of the panel. */
  readonly children?: ComponentChildren;
}

export function Curves({ logs, isClasses, children }: Props) {
  /** What the visitor has chosen; otherwise what shows more. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const { epochs, losses, scores, isWide, best, overfits } = useMemo(() => {
    const pick = (key: keyof EpochLog) => logs.map((log) => log[key]);
    const pair = (train: keyof EpochLog, test: keyof EpochLog) => [
      { label: "training", values: pick(train) },
      { label: "test", values: pick(test), isDashed: true },
    ];
    return {
      epochs: pick("epoch"),
      losses: pair("loss", "valLoss"),
      scores: pair("score", "valScore"),
      isWide: spansDecades(logs),
      best: bestOf(logs),
      overfits: isOverfitting(logs),
    };
  }, [logs]);
  const last = logs[logs.length - 1];
  const spoken = (train: number, test: number) => `training ${short(train)}, test ${short(test)}`;
  const isLogarithmic = chosen ?? isWide;
  return (
    <section class="curves" aria-label="Curves">
      <div class="row between">
        <h2>Curves</h2>
        <Switch label="Logarithmic loss" value={isLogarithmic} onChange={setChosen} />
        {children}
      </div>
      <Chart
        title="Loss"
        xLabel="epoch"
        spoken={last ? spoken(last.loss, last.valLoss) : "no epoch yet"}
        x={epochs}
        lines={losses}
        mark={best?.epoch ?? null}
        empty="The loss by epoch appears here once the network trains."
        isLogarithmicY={isLogarithmic}
      />
      {best && (
        <p class="hint" data-testid="best">
          {`Lowest test loss: ${short(best.valLoss)} after epoch ${best.epoch.toLocaleString("en")}`}
          {overfits ? ", and it has risen since, while the training loss fell: the network overfits." : "."}
        </p>
      )}
      <Chart
        title={isClasses ? "Accuracy" : "Mean absolute error"}
        xLabel="epoch"
        spoken={last ? spoken(last.score, last.valScore) : "no epoch yet"}
        x={epochs}
        lines={scores}
        empty={`${isClasses ? "The accuracy" : "The error"} by epoch appears here.`}
      />
      {last && (
        <p class="hint">
          The training loss is the mean of an epoch’s batches while the weights change, with penalty and dropout. The
          test loss is taken after the epoch.
        </p>
      )}
    </section>
  );
}
