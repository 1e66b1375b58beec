/** The small program of every consumer: trains on spirals in several ways and reports what came out. */

const ARMS = 3;
const POINTS = 200;
/** A turn by 0.02 radians, in numbers that every engine reads the same; its own sine may differ in the last bit. */
const [COSINE, SINE] = [0.9998000066665778, 0.01999866669333308];
/** A turn by a third of a circle. */
const [THIRD_COSINE, THIRD_SINE] = [-0.5, 0.8660254037844386];

/** Points on arms that wind around each other, from sums and products alone. */
function spirals() {
  const x = [];
  const y = [];
  let state = 42;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  let [armCosine, armSine] = [1, 0];
  for (let arm = 0; arm < ARMS; arm++) {
    let [cosine, sine] = [armCosine, armSine];
    for (let i = 0; i < POINTS; i++) {
      const radius = i / POINTS;
      x.push([radius * cosine + 0.02 * noise(), radius * sine + 0.02 * noise()]);
      y.push(arm);
      [cosine, sine] = [cosine * COSINE - sine * SINE, cosine * SINE + sine * COSINE];
    }
    [armCosine, armSine] = [
      armCosine * THIRD_COSINE - armSine * THIRD_SINE,
      armCosine * THIRD_SINE + armSine * THIRD_COSINE,
    ];
  }
  return { x, y };
}

/**
 * FNV-1a of the bytes of all weights.
 * @param {import("../../src/index.js").Weight[]} weights
 */
function hashOf(weights) {
  let hash = 0x811c9dc5;
  for (const { data } of weights) {
    for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** @type {Record<string, { threads: number, worker: boolean }>} */
const WAYS = {
  "one thread": { threads: 1, worker: false },
  "two threads": { threads: 2, worker: false },
  worker: { threads: 1, worker: true },
  "worker, two threads": { threads: 2, worker: true },
  "simdgrad/worker": { threads: 2, worker: true },
};

/**
 * Accuracy, hash, and what ran it, for each way.
 * @param {Pick<typeof import("../../src/index.js"), "Sequential" | "adam" | "dense"> & {
 *   InWorker?: Pick<typeof import("../../src/index.js").Sequential, "create">
 * }} library The files of a CDN have no `simdgrad/worker`.
 */
export async function report({ Sequential, adam, dense, InWorker }) {
  const data = spirals();
  const results = [];
  for (const [way, options] of Object.entries(WAYS)) {
    const maker = way === "simdgrad/worker" ? InWorker : Sequential;
    if (!maker) continue;
    const layers = [
      dense({ units: 64, activation: "tanh" }),
      dense({ units: 64, activation: "tanh" }),
      dense({ units: ARMS, activation: "softmax" }),
    ];
    const model = await maker.create({ inputShape: [2], layers, seed: 1, ...options });
    await model.compile({
      optimizer: adam({ learningRate: 0.01 }),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    });
    await model.fit(data, { epochs: 30, batchSize: 100 });
    const { accuracy } = await model.evaluate(data);
    const info = await model.info();
    const worker = "worker" in info && info.worker;
    results.push({ way, accuracy, hash: hashOf(await model.getWeights()), threads: info.threads, worker });
    model.dispose();
  }
  return results;
}
