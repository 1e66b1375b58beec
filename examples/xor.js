// @ts-check
/** XOR, the smallest problem that needs a hidden layer. Run: node examples/xor.js (after npm run build). */
import { adam, dense, Sequential } from "simdgrad";

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = [0, 1, 1, 0];
const MOST_EPOCHS = 2000;
const EPOCHS_PER_LINE = 10;

const model = await Sequential.create({
  inputShape: [2],
  layers: [dense({ units: 3, activation: "tanh" }), dense({ units: 1, activation: "sigmoid" })],
  seed: 1,
});
model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: "binaryCrossentropy" });

const isSolved = () => model.predict(x).every((output, row) => Math.round(output) === y[row]);

let epoch = 0;
while (!isSolved() && epoch < MOST_EPOCHS) {
  const { loss } = await model.fit({ x, y }, { epochs: EPOCHS_PER_LINE });
  epoch += EPOCHS_PER_LINE;
  console.log(`epoch ${String(epoch).padStart(4)}  loss ${loss[loss.length - 1].toFixed(4)}`);
}

console.log(isSolved() ? "\nAll four outputs round to the right answer:" : `\nNot solved after ${epoch} epochs:`);
for (const [row, output] of model.predict(x).entries()) {
  console.log(`  ${x[row].join(" xor ")} = ${y[row]}   predicted ${output.toFixed(3)}`);
}
