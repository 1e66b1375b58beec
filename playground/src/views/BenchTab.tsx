/** A neuron and small networks by hand: every number can be typed, and what follows from it stands beside. */
import { useId, useState } from "preact/hooks";
import { examples } from "../byhand/examples.js";
import {
  backward,
  canBeEntropy,
  forward,
  type HandActivation,
  type HandLoss,
  type HandNet,
  handActivations,
  handLosses,
  lossOf,
  stepped,
} from "../byhand/net.js";
import { Choice } from "./fields.js";
import { Scroll } from "./Scroll.js";
import "./bench.css";

/** A number as text, without digits that say nothing; `-0` is 0. */
const said = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(5)) + 0) : "not a number");

/** `list` with another value at a place. */
const replaced = <T,>(list: readonly T[], at: number, value: T): T[] =>
  list.map((each, i) => (i === at ? value : each));

export function BenchTab() {
  const [net, setNet] = useState<HandNet>(examples[0].net);
  const [start, setStart] = useState(0);
  const all = forward(net);
  const gradients = backward(net);
  const next = stepped(net);
  const after = forward(next);
  const change = (part: Partial<HandNet>) => setNet({ ...net, ...part });
  const begin = (at: number) => {
    setStart(at);
    setNet(examples[at].net);
  };
  const isLast = (at: number) => at === net.layers.length - 1;
  const outputs = all[all.length - 1].outputs;
  const results = (values: readonly number[]) => values.map(said).join(", ");
  return (
    <div class="bench">
      <p>
        One sample goes through a network that is small enough to work by hand. Change any number. Under each weight and
        bias stands its gradient: how much the loss grows if it grows.
      </p>
      <fieldset class="chips">
        <legend>Begin with</legend>
        {examples.map(({ name }, i) => (
          <button key={name} type="button" aria-pressed={i === start} onClick={() => begin(i)}>
            {name}
          </button>
        ))}
      </fieldset>
      <fieldset class="numbers">
        <legend>Inputs</legend>
        {net.inputs.map((x, i) => (
          <Value
            key={i}
            label={`x${i + 1}`}
            value={x}
            onChange={(value) => change({ inputs: replaced(net.inputs, i, value) })}
          />
        ))}
      </fieldset>
      {net.layers.map((layer, at) => {
        const from = at === 0 ? "x" : "h";
        const setLayer = (part: Partial<typeof layer>) =>
          change({ layers: replaced(net.layers, at, { ...layer, ...part }) });
        const single = net.layers.length === 1 && layer.biases.length === 1;
        const name = isLast(at) ? (single ? "The neuron" : "Output layer") : `Layer ${at + 1}`;
        return (
          <div key={at} class="hand-layer">
            <div class="row between">
              <h3>{name}</h3>
              <Choice<HandActivation>
                label={`Activation of ${name.toLowerCase()}`}
                value={layer.activation}
                names={isLast(at) ? handActivations : handActivations.filter((each) => each !== "softmax")}
                onChange={(activation) => setLayer({ activation })}
              />
            </div>
            <Scroll label={name}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">neuron</th>
                    {layer.weights[0].map((_, i) => (
                      <th key={i} scope="col">{`weight of ${from}${i + 1}`}</th>
                    ))}
                    <th scope="col">bias</th>
                    <th scope="col">sum z</th>
                    <th scope="col">{isLast(at) ? "output p" : "output h"}</th>
                  </tr>
                </thead>
                <tbody>
                  {layer.weights.map((row, j) => (
                    <tr key={j}>
                      <th scope="row">{j + 1}</th>
                      {row.map((w, i) => (
                        <td key={i}>
                          <Value
                            label={`${name}, neuron ${j + 1}, weight of ${from}${i + 1}`}
                            isBare
                            value={w}
                            onChange={(value) =>
                              setLayer({ weights: replaced(layer.weights, j, replaced(row, i, value)) })
                            }
                          />
                          <small>{said(gradients[at].weights[j][i])}</small>
                        </td>
                      ))}
                      <td>
                        <Value
                          label={`${name}, neuron ${j + 1}, bias`}
                          isBare
                          value={layer.biases[j]}
                          onChange={(value) => setLayer({ biases: replaced(layer.biases, j, value) })}
                        />
                        <small>{said(gradients[at].biases[j])}</small>
                      </td>
                      <td data-testid={`sum-${at}-${j}`}>{said(all[at].sums[j])}</td>
                      <td data-testid={`output-${at}-${j}`}>
                        <b>{said(all[at].outputs[j])}</b>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          </div>
        );
      })}
      <p class="formula" data-testid="formula">
        {formulaOf(net, all[0].sums[0], all[0].outputs[0])}
      </p>
      <fieldset class="numbers">
        <legend>Targets</legend>
        {net.targets.map((y, i) => (
          <Value
            key={i}
            label={`y${i + 1}`}
            value={y}
            onChange={(value) => change({ targets: replaced(net.targets, i, value) })}
          />
        ))}
        <Choice<HandLoss>
          label="Loss"
          value={canBeEntropy(net) ? net.loss : "squared error"}
          names={canBeEntropy(net) ? handLosses : ["squared error"]}
          onChange={(loss) => change({ loss })}
        />
        <Value label="learning rate" value={net.rate} onChange={(rate) => change({ rate })} />
      </fieldset>
      <table class="compare">
        <thead>
          <tr>
            <td />
            <th scope="col">now</th>
            <th scope="col">after one step</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">output</th>
            <td>{results(outputs)}</td>
            <td data-testid="next-output">{results(after[after.length - 1].outputs)}</td>
          </tr>
          <tr>
            <th scope="row">loss</th>
            <td data-testid="hand-loss">{said(lossOf(net))}</td>
            <td data-testid="next-loss">{said(lossOf(next))}</td>
          </tr>
        </tbody>
      </table>
      <div class="row">
        <button type="button" class="primary" onClick={() => setNet(next)}>
          Take this step
        </button>
        <button type="button" onClick={() => begin(start)}>
          Back to the first numbers
        </button>
      </div>
      <p class="hint">A step subtracts from each weight and bias the learning rate times its gradient.</p>
    </div>
  );
}

/** The first neuron's sum in numbers. */
export function formulaOf({ inputs, layers }: HandNet, sum: number, output: number): string {
  const [{ weights, biases, activation }] = layers;
  const bracketed = (value: number) => (value < 0 ? `(${said(value).replace("-", "−")})` : said(value));
  const terms = inputs.map((x, i) => `${bracketed(x)}·${bracketed(weights[0][i])}`).join(" + ");
  const which = activation === "softmax" ? "" : `, and ${activation}(z) = ${said(output)}`;
  return `Neuron 1${layers.length > 1 ? " of layer 1" : ""}: z = ${terms} + ${bracketed(biases[0])} = ${said(sum)}${which}`;
}

interface ValueProps {
  readonly label: string;
  readonly value: number;
  /** The label is only spoken. */
  readonly isBare?: boolean;
  onChange(value: number): void;
}

function Value({ label, value, isBare = false, onChange }: ValueProps) {
  const id = useId();
  return (
    <span class="value">
      <label for={id} class={isBare ? "spoken" : ""}>
        {label}
      </label>
      <input
        id={id}
        type="number"
        step="any"
        value={said(value)}
        onChange={({ currentTarget }) => {
          const typed = Number(currentTarget.value);
          if (currentTarget.value.trim() !== "" && Number.isFinite(typed)) onChange(typed);
          else currentTarget.value = said(value);
        }}
      />
    </span>
  );
}
