/** The functions of generated modules. A module holds those that its model needs. */
import type { Helper } from "./formulas.js";
import type { Step } from "./steps.js";

/** Functions that formulas and steps call. */
export const scriptHelpers: Readonly<Record<Helper | "fround", string>> = {
  fround: `// The nearest float32 number. Sums are rounded in the same order as in simdgrad, so that they are the same.
const { fround } = Math;`,
  sigmoid: `/** 1 / (1 + e^-x), accurate for very negative x, too. */
function sigmoid(x) {
  const t = Math.exp(-Math.abs(x));
  return x < 0 ? t / (1 + t) : 1 / (1 + t);
}`,
  softplus: `/** ln(1 + e^x) */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}`,
  normalCdf: `/** Probability that a standard normal number lies below x: a series near 0, a continued fraction beyond. */
function normalCdf(x) {
  const a = Math.abs(x) * Math.SQRT1_2;
  const factor = Math.exp(-a * a) / Math.sqrt(Math.PI);
  let tail; // that of a on one side
  if (a < 2) {
    let term = 2 * a;
    let sum = term;
    for (let n = 1; n < 40; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    tail = (1 - factor * sum) / 2;
  } else {
    let fraction = a;
    for (let level = 60; level > 0; level--) fraction = a + level / 2 / fraction;
    tail = factor / fraction / 2;
  }
  return x < 0 ? tail : 1 - tail;
}`,
};

/** The function of a kind of step. */
export const scriptSteps: Readonly<Record<Exclude<Step["kind"], "activation">, string>> = {
  dense: `/** x · kernel + bias. The kernel holds the weights of one unit after the other. */
function dense(x, { kernel, bias, units }) {
  const inputs = x.length;
  const y = new Float32Array(units);
  for (let j = 0, at = 0; j < units; j++, at += inputs) {
    let sum = bias ? bias[j] : 0;
    for (let i = 0; i < inputs; i++) sum = fround(sum + fround(x[i] * kernel[at + i]));
    y[j] = sum;
  }
  return y;
}`,
  standardize: `/** (x - center) · scale + shift, column by column. */
function standardize(x, { center, scale, shift }) {
  return x.map((value, j) => fround(fround(value - center[j]) * scale[j]) + (shift ? shift[j] : 0));
}`,
  line: `/** scale · x + offset */
function line(x, { scale, offset }) {
  return x.map((value) => fround(fround(scale) * value) + fround(offset));
}`,
  prelu: `/** x from 0 on, alpha · x below. */
function prelu(x, { alpha }) {
  return x.map((value, j) => (value < 0 ? alpha[j] * value : value));
}`,
  softmax: `/** e^x / sum of e^x over \`size\` values that are \`inner\` apart; those that the mask leaves out become 0. */
function softmax(x, { outer, size, inner, mask }) {
  const y = new Float32Array(x.length);
  for (let group = 0; group < outer * inner; group++) {
    const first = Math.floor(group / inner) * size * inner + (group % inner);
    let largest = -Infinity;
    for (let k = 0; k < size; k++) if (!mask || mask[k]) largest = Math.max(largest, x[first + k * inner]);
    const powers = Array.from({ length: size }, (_, k) =>
      mask && !mask[k] ? 0 : Math.exp(x[first + k * inner] - largest),
    );
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, k) => {
      y[first + k * inner] = power / sum;
    });
  }
  return y;
}`,
  logSoftmax: `/** ln(softmax(x)) */
function logSoftmax(x) {
  const largest = x.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = x.reduce((total, value) => total + Math.exp(value - largest), 0);
  return x.map((value) => value - largest - Math.log(sum));
}`,
  sparsemax: `/** max(x - bound, 0), with the bound for which the sum is 1. */
function sparsemax(x) {
  let above = Array.from(x);
  let bound = 0;
  for (let count = 0; count !== above.length; ) {
    count = above.length;
    bound = (above.reduce((sum, value) => sum + value, 0) - 1) / count;
    const next = above.filter((value) => value > bound);
    if (next.length > 0) above = next;
  }
  return x.map((value) => Math.max(value - bound, 0));
}`,
  row: `/** The row by its own mean and variance, then gamma and beta. Sums run in four lanes, as in simdgrad. */
function normalizeRow(x, { epsilon, gamma, beta }) {
  const count = x.length;
  const sumOf = (value) => {
    const lanes = new Float32Array(4);
    for (let i = 0; i < count; i++) lanes[i & 3] += value(x[i]);
    return fround(fround(lanes[0] + lanes[2]) + fround(lanes[1] + lanes[3]));
  };
  const offset = fround(sumOf((value) => fround(value - x[0])) / count);
  const mean = fround(x[0] + offset);
  const rest = fround(offset - fround(mean - x[0])); // what rounding took from the mean
  const deviation = (value) => fround(fround(value - mean) - rest);
  const squares = sumOf((value) => fround(deviation(value) ** 2));
  const left = sumOf(deviation);
  const variance = fround(Math.max(fround(squares - fround(fround(left * left) / count)), 0) / count);
  const factor = fround(1 / fround(Math.sqrt(fround(variance + fround(epsilon)))));
  return x.map((value, j) => {
    const y = fround(deviation(value) * factor);
    return fround(gamma ? y * gamma[j] : y) + (beta ? beta[j] : 0);
  });
}`,
  groups: `/** Each group of \`size\` channels at \`length\` places by its own mean and variance, then gamma and beta by channel. */
function normalizeGroups(x, { length, groups, size, epsilon, gamma, beta }) {
  const y = new Float32Array(x.length);
  const channels = groups * size;
  for (let first = 0; first < channels; first += size) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < length; i++) for (let k = 0; k < size; k++) sum += x[i * channels + first + k];
    const mean = sum / (length * size);
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < size; k++) squares += (x[i * channels + first + k] - mean) ** 2;
    }
    const factor = 1 / Math.sqrt(squares / (length * size) + epsilon);
    for (let i = 0; i < length; i++) {
      for (let channel = first; channel < first + size; channel++) {
        const value = (x[i * channels + channel] - mean) * factor * (gamma ? gamma[channel] : 1);
        y[i * channels + channel] = value + (beta ? beta[channel] : 0);
      }
    }
  }
  return y;
}`,
  root: `/** scale · x / sqrt(max(share · sum of x², floor) + epsilon) */
function divideByRoot(x, { share, floor, epsilon, scale }) {
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  const factor = 1 / Math.sqrt(Math.max(squares * share, floor) + epsilon);
  return x.map((value, j) => value * factor * (scale ? scale[j] : 1));
}`,
  glu: `/** a · sigmoid(b), with a the first half of each \`2 size\` values and b the second. */
function glu(x, { outputs, size }) {
  return Float32Array.from({ length: outputs }, (_, j) => {
    const at = j + (j - (j % size));
    return x[at] * sigmoid(x[at + size]);
  });
}`,
  categories: `/** A 1 at the place of each category, in one row for all features, or in one for each. */
function encodeCategories(x, { tokens, isTogether }) {
  const y = new Float32Array(isTogether ? tokens : x.length * tokens);
  x.forEach((category, i) => {
    if (!(Number.isInteger(category) && category >= 0 && category < tokens)) {
      throw new RangeError(\`Input \${i}: expected an integer from 0 to \${tokens - 1}, got \${category}.\`);
    }
    y[isTogether ? category : i * tokens + category] = 1;
  });
  return y;
}`,
};

/** Names of the functions of steps. */
export const scriptNames: Readonly<Record<Exclude<Step["kind"], "activation">, string>> = {
  dense: "dense",
  standardize: "standardize",
  line: "line",
  prelu: "prelu",
  softmax: "softmax",
  logSoftmax: "logSoftmax",
  sparsemax: "sparsemax",
  row: "normalizeRow",
  groups: "normalizeGroups",
  root: "divideByRoot",
  glu: "glu",
  categories: "encodeCategories",
};

/** A formula with the names of JavaScript. */
export function scriptFormula(formula: string): string {
  const body = formula.includes("?") && !formula.endsWith(")") ? `(${formula})` : formula;
  return body.replace(/\b(?:exp|expm1|abs|max|min|sqrt|tanh)(?=\()/g, "Math.$&");
}

/** Reads weights out of text, as many at a time as asked. */
export const SCRIPT_WEIGHTS = `/** The next \`count\` of all weights, which are float32 numbers, lowest byte first, as base64. */
const floats = ((text) => {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      at += 4;
      return view.getFloat32(at - 4, true);
    });
})(\`
BASE64
\`);`;

/** Reads rows, and says which of them cannot be read. */
export const SCRIPT_ROWS = `/** The numbers of one row, a list in the order of \`features\`, or an object with a number for each. */
function numbersOf(row, where) {
  const isList = Array.isArray(row) || ArrayBuffer.isView(row);
  const isNamed = !isList && features !== null && typeof row === "object" && row !== null;
  const list = isNamed ? features.map((name) => row[name]) : isList ? Array.from(row) : [];
  if (list.length !== inputs) {
    throw new TypeError(\`\${where}: expected \${inputs} numbers, got \${isList ? list.length : String(row)}.\`);
  }
  return Float32Array.from(list, (value, i) => {
    const isNumber = typeof value === "number" || typeof value === "boolean";
    if (isNumber && Number.isFinite(Math.fround(value))) return Number(value);
    throw new TypeError(\`\${where}, \${features ? features[i] : \`input \${i}\`}: expected a number, got \${value}.\`);
  });
}

/** Calls \`answer\` with each row: a list of lists or objects is several rows. */
function forEachRow(input, answer) {
  const isSeveral = Array.isArray(input) && typeof input[0] !== "number" && typeof input[0] !== "boolean";
  if (isSeveral) return input.map((row, i) => answer(run(numbersOf(row, \`Row \${i}\`))));
  return answer(run(numbersOf(input, "Row")));
}`;
