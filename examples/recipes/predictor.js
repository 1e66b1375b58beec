// A worker that loads a table model and answers rows: the page stays smooth whatever the model takes.
import { TableModel } from "simdgrad/table";

let model;
self.onmessage = async ({ data: { id, url, row } }) => {
  try {
    model ??= TableModel.load(await (await fetch(url)).arrayBuffer());
    self.postMessage({ id, answer: (await model).predict(row) });
  } catch (error) {
    model = undefined;
    self.postMessage({ id, error: error.message });
  }
};
