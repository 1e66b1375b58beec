// @ts-check
/** Runs one example, or lists them: npm run example -- NAME [--seed N] [--epochs N] */
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Every example with its subject, from small to large. */
export const examples = {
  neuron: "single neurons and small layers with given weights, against figures worked out by hand",
  explain: "one training step of a 2-2-1 network, formula by formula, and as a page (HTML)",
  xor: "XOR with 2-3-1 by plain gradient descent on the sum of errors, 60 000 epochs",
  "weight-height": "two classes of people from two numbers, 2-2-1, one row at a time",
  regression: "the sine fitted by 1-16-16-1, as a text plot",
  activations: "every activation function and its derivative, as curves (SVG)",
  digits: "8 × 8 digits with 64-64-10 as written by hand, three losses, one digit as a table and a picture (SVG)",
  spiral: "five arms: an untrained network, a trained one, the best possible, and its boundaries (SVG)",
  optimizers: "full batch, mini-batches, single rows and Adam on two moons, as curves (SVG) and a table",
  pictures: "every kind of picture, of two moons, digits and iris (SVG)",
  report: "a table of customers to a model, and the model to a page (HTML)",
  "mnist-keras": "MNIST with 784-128-10 and Adam, 5 epochs: about 97.8 % right",
  quantized: "MNIST with 784-128-10 in int8: bytes, answers and time beside float32",
  "mnist-hyperparameters": "learning rates, batch sizes and widths compared on MNIST through a streaming pipeline",
  "mnist-from-scratch": "MNIST with 784-532-10 by full-batch gradient descent, 250 epochs: takes minutes",
};

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const [name, ...rest] = process.argv.slice(2);
  if (name !== undefined && Object.hasOwn(examples, name)) {
    const file = fileURLToPath(new URL(`${name}.js`, import.meta.url));
    process.exitCode = spawnSync(process.execPath, [file, ...rest], { stdio: "inherit" }).status ?? 1;
  } else {
    if (name !== undefined) {
      console.error(`There is no example "${name}".\n`);
      process.exitCode = 1;
    }
    console.log("npm run example -- NAME [--seed N] [--epochs N]\n");
    for (const [known, what] of Object.entries(examples)) console.log(`  ${known.padEnd(24)}${what}`);
  }
}
