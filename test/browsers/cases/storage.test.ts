/** Models in the storage of a real browser, as a download, and from a file that is picked. */
import { expect, it } from "vitest";
import {
  deleteFromIndexedDB,
  downloadModel,
  listIndexedDB,
  loadFromIndexedDB,
  pickFile,
  saveToIndexedDB,
} from "../../../src/browser/index.js";
import { dense, Sequential } from "../../../src/index.js";
import { TableModel } from "../../../src/table/index.js";
import { answersHash, CUSTOMERS_HASH, customers, customersOptions } from "../../support/customers.js";

const makeModel = () => Sequential.create({ inputShape: [2], layers: [dense({ units: 3 })], seed: 4 });

it("a model comes back from IndexedDB with the same bits, whatever its name", async () => {
  const model = await makeModel();
  for (const name of ["digits", "__proto__", "😀 é", "a/b"]) {
    await saveToIndexedDB(name, model);
    const loaded = await Sequential.load(await loadFromIndexedDB(name));
    expect(loaded.getWeights()).toEqual(model.getWeights());
  }
  expect(await listIndexedDB()).toEqual(["__proto__", "a/b", "digits", "😀 é"]);
  await saveToIndexedDB("digits", Uint8Array.of(1, 2));
  expect([...(await loadFromIndexedDB("digits"))]).toEqual([1, 2]);
  await expect(loadFromIndexedDB("digit")).rejects.toThrow('nothing is saved as "digit". Did you mean "digits"?');
  for (const name of await listIndexedDB()) await deleteFromIndexedDB(name);
  await deleteFromIndexedDB("digits");
  await expect(loadFromIndexedDB("digits")).rejects.toThrow("Nothing has been saved yet");
});

it("a model in a worker is saved as one here", async () => {
  const options = { inputShape: [2], layers: [dense({ units: 3 })], seed: 4 };
  const worker = await Sequential.create({ ...options, worker: true });
  await saveToIndexedDB("worker", worker);
  expect(await loadFromIndexedDB("worker")).toEqual((await makeModel()).save());
  await deleteFromIndexedDB("worker");
  worker.dispose();
});

it("a table model trains, is kept, and gives the answers of Node", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    a: (i * 7) % 11,
    kind: i % 3 ? "x" : "y",
    sold: i % 4 ? "no" : "yes",
  }));
  const model = await TableModel.train(rows, { target: "sold", trials: 2, members: 2, onWarning: () => {} });
  await saveToIndexedDB("table", model);
  const loaded = await TableModel.load(await loadFromIndexedDB("table"));
  expect(loaded.predict(rows)).toEqual(model.predict(rows));
  // As in Node.
  expect(loaded.predict({ a: 3, kind: "x" })).toMatchObject({ probability: 0.6821361129405255 });
  await deleteFromIndexedDB("table");
});

it("CSV text gives the model of Node and of the command line", async () => {
  const model = await TableModel.train(customers(300), { ...customersOptions, onWarning: () => {} });
  expect(answersHash(model)).toBe(CUSTOMERS_HASH);
  model.dispose();
});

it("a download is the file, under its name", async () => {
  const model = await makeModel();
  const links: HTMLAnchorElement[] = [];
  const blobs: Blob[] = [];
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;
  HTMLAnchorElement.prototype.click = function () {
    links.push(this);
  };
  URL.createObjectURL = (blob: Blob) => {
    blobs.push(blob);
    return createObjectURL(blob);
  };
  try {
    await downloadModel(model, "mine.safetensors");
  } finally {
    HTMLAnchorElement.prototype.click = click;
    URL.createObjectURL = createObjectURL;
  }
  expect(links[0].download).toBe("mine.safetensors");
  expect(new Uint8Array(await blobs[0].arrayBuffer())).toEqual(model.save());
});

it("a picked file is read; a closed dialog gives null", async () => {
  const { click } = HTMLInputElement.prototype;
  const answer = async (act: (input: HTMLInputElement) => void) => {
    HTMLInputElement.prototype.click = function () {
      queueMicrotask(() => act(this));
    };
    try {
      return await pickFile({ accept: ".bin" });
    } finally {
      HTMLInputElement.prototype.click = click;
    }
  };
  const picked = await answer((input) => {
    expect([input.type, input.accept]).toEqual(["file", ".bin"]);
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.of(7, 8)], "two.bin"));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
  });
  expect(picked).toEqual({ name: "two.bin", bytes: Uint8Array.of(7, 8) });
  expect(await answer((input) => input.dispatchEvent(new Event("cancel")))).toBeNull();
});

it.each<[string, () => Promise<unknown>, string]>([
  ["no name", () => saveToIndexedDB("", Uint8Array.of(1)), 'name: expected text such as "digits"'],
  ["a number as name", () => loadFromIndexedDB(3 as never), "got 3"],
  ["nothing to save", () => saveToIndexedDB("x", undefined as never), "expected a model or bytes, got undefined"],
  ["a model's weights", () => saveToIndexedDB("x", [1] as never), "Pass the model itself"],
  ["no file name", () => downloadModel(Uint8Array.of(1), ""), "name"],
  ["an unknown option", () => pickFile({ accepts: "x" } as never), 'mean "accept"'],
])("%s is refused", async (_, act, says) => {
  await expect(act()).rejects.toThrow(says);
});
