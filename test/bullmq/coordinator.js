// A search in a process of its own, which a test kills. Arguments: queue, address of the server, the search as JSON.
import { bullExecutor } from "../../build/js/bullmq/index.js";
import { moons } from "../../build/js/datasets/index.js";
import { gridSearch } from "../../build/js/search/index.js";

const [queue, connection, search] = process.argv.slice(2);
const { records, best } = await gridSearch(moons({ samples: 60, noise: 0.1, seed: 1 }), {
  ...JSON.parse(search),
  executor: bullExecutor({ queue, connection, inFlight: 6 }),
  onTrial: () => console.log("a trial"),
});
console.log(JSON.stringify({ records, best }));
