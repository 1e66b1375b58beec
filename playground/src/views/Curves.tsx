/** Losses and scores by epoch. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
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
  const [isLogarithmic, setLogarithmic] = useState(false);
  const { epochs, losses, scores } = useMemo(() => {
    const pick = (key: keyof EpochLog) => logs.map((log) => log[key]);
    const pair = (train: keyof EpochLog, test: keyof EpochLog) => [
      { label: "training", values: pick(train) },
      { label: "test", values: pick(test), isDashed: true },
    ];
    return { epochs: pick("epoch"), losses: pair("loss", "valLoss"), scores: pair("score", "valScore") };
  }, [logs]);
  const last = logs[logs.length - 1];
  const spoken = (train: number, test: number) => `training ${short(train)}, test ${short(test)}`;
  return (
    <section class="curves" aria-label="Curves">
      <div class="row between">
        <h2>Curves</h2>
        <Switch label="Logarithmic loss" value={isLogarithmic} onChange={setLogarithmic} />
        {children}
      </div>
      <Chart
        title="Loss"
        xLabel="epoch"
        spoken={last ? spoken(last.loss, last.valLoss) : "no epoch yet"}
        x={epochs}
        lines={losses}
        isLogarithmicY={isLogarithmic}
      />
      <Chart
        title={isClasses ? "Accuracy" : "Mean absolute error"}
        xLabel="epoch"
        spoken={last ? spoken(last.score, last.valScore) : "no epoch yet"}
        x={epochs}
        lines={scores}
      />
    </section>
  );
}
