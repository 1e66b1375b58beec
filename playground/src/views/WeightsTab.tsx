/** Each layer in numbers: the distribution of its weights, the size of its gradients, the health of its units. */
import type { LayerHealth, WeightView } from "../engine/protocol.js";
import { short } from "../numbers.js";
import { Scroll } from "./Scroll.js";
import type { TabProps } from "./tabs.js";

const BINS = 21;
const [WIDTH, HEIGHT] = [180, 48];

export function WeightsTab({ engine }: TabProps) {
  const weights = engine.slow?.weights;
  const health = engine.slow?.health;
  if (!weights || !health) return <p>Nothing to see yet.</p>;
  return (
    <Scroll label="Layers">
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Weights</th>
            <th scope="col">From … to</th>
            <th scope="col">Mean size of the gradient</th>
            <th scope="col">Neurons</th>
          </tr>
        </thead>
        <tbody>
          {health.map((layer) => (
            <Layer
              key={layer.name}
              layer={layer}
              kernel={weights.find(({ name }) => name === `${layer.name}/kernel`)}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function describeUnits({ dead, saturated }: LayerHealth): string {
  if (dead !== null) return dead > 0 ? `${percent(dead)} dead: 0 for every row looked at` : "all alive";
  if (saturated !== null) return `${percent(saturated)} of outputs at an end of their range`;
  return "–";
}

function Layer({ layer, kernel }: { layer: LayerHealth; kernel: WeightView | undefined }) {
  if (!kernel) return null;
  const [low, high] = bounds(kernel.data);
  const isIll = (layer.dead ?? 0) >= 0.5 || (layer.saturated ?? 0) >= 0.5;
  return (
    <tr>
      <th scope="row">
        {layer.name} <small>{layer.name === "output" ? "" : layer.activation}</small>
      </th>
      <td>
        <Histogram values={kernel.data} low={low} high={high} />
      </td>
      <td>{`${short(low)} … ${short(high)}`}</td>
      <td>{short(layer.gradient)}</td>
      <td class={isIll ? "ill" : ""}>{describeUnits(layer)}</td>
    </tr>
  );
}

function bounds(values: Float32Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function Histogram({ values, low, high }: { values: Float32Array; low: number; high: number }) {
  const counts = new Array<number>(BINS).fill(0);
  const width = high - low || 1;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(((value - low) / width) * BINS))]++;
  const most = Math.max(...counts);
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`Histogram of ${values.length} weights`}>
      {counts.map((count, i) => {
        const height = (count / most) * HEIGHT;
        return (
          <rect
            key={i}
            x={(i * WIDTH) / BINS}
            y={HEIGHT - height}
            width={WIDTH / BINS - 1}
            height={height}
            class="bar"
          />
        );
      })}
    </svg>
  );
}
