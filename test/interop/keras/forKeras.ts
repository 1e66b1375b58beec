/**
 * Writes nets for `fixtures/interop/keras/check.py`, which opens them in Keras:
 * NETS=200 node --import tsx test/interop/keras/forKeras.ts <folder>
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportKeras } from "../../../src/interop/keras/index.js";
import { fnv1a } from "../../model/models.js";
import { NETS } from "../randomNets.js";
import { netFor, train } from "./nets.js";

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (let seed = 0; seed < NETS; seed++) {
  const net = await netFor(seed);
  const file = await exportKeras(net.model);
  const predictions = [...net.model.predict(net.x)];
  writeFileSync(join(folder, `${seed}.keras`), file);
  await train(net, 20);
  const weights = net.model.getWeights().map(({ name, data }) => ({ name, data: [...data] }));
  const { x, y, optimizer } = net;
  writeFileSync(
    join(folder, `${seed}.json`),
    JSON.stringify({ seed, optimizer, x, y, predictions, weights, hash: fnv1a(file) }),
  );
  net.model.dispose();
}
