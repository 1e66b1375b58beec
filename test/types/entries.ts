// A call or two of every entry but that of Node, with types where users write them, which `npm run check` compiles against
// the packed package under each of its compilers. Nothing here runs.
import { Dataset, type History, Sequential } from "simdgrad";
import { exportBrain, importBrain } from "simdgrad/brain";
import { loadFromIndexedDB, saveToIndexedDB } from "simdgrad/browser";
import { bullExecutor, type QueueWorker, startWorker, sweepStatus } from "simdgrad/bullmq";
import { exportC, exportModule, exportPage } from "simdgrad/code";
import { compact } from "simdgrad/compact";
import { type CsvTable, csvChunks, parseCsv, sampleCsv } from "simdgrad/csv";
import { iris, moons } from "simdgrad/datasets";
import { type ClassLabel, MLPClassifier, MLPRegressor } from "simdgrad/estimators";
import { explain } from "simdgrad/explain";
import { detectFormat, importModel } from "simdgrad/formats";
import { exportKeras, importKeras, readKeras, writeKeras } from "simdgrad/keras";
import { exportOnnx, importOnnx } from "simdgrad/onnx";
import { parquetChunks, readParquet } from "simdgrad/parquet";
import { decisionBoundary, lineChart, sparkline, table } from "simdgrad/plot";
import { quantize } from "simdgrad/quantized";
import { htmlReport } from "simdgrad/report";
import { type Manifest, scoreFile } from "simdgrad/scoring";
import { gridSearch, type SearchResult } from "simdgrad/search";
import { exportSklearn, importSklearn } from "simdgrad/sklearn";
import { TableModel, type TrainTableOptions } from "simdgrad/table";
import { openPlan, writePlan } from "simdgrad/tasks";
import { exportTfjs, importTfjs } from "simdgrad/tfjs";
import { exportTorch, importTorch } from "simdgrad/torch";

/** Data of each kind into a model. */
export async function dataOf(text: string, stream: () => AsyncIterable<Uint8Array>): Promise<History> {
  const csv: CsvTable = await parseCsv(text, { decimal: ",", onWarning: async () => {} });
  const sampled = await sampleCsv(stream, { maxRows: 100, seed: 1 });
  for await (const chunk of csvChunks(stream())) if (chunk.rows === sampled.totalRows) break;
  const parquet = await readParquet("rows.parquet");
  for await (const { rows } of parquetChunks("rows.parquet")) if (rows === parquet.rows) break;
  const data = Dataset.from({ x: [[1], [2]], y: [0, 1], sampleWeight: [1, 2] }, { classNames: ["no", csv.delimiter] });
  const model = await Sequential.create({ inputShape: [1], layers: [{ type: "dense", units: 1 }] });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
  const history = await model.fit(data, { classWeight: { no: 2 } });
  await model.fit(await iris(), { classWeight: { 0: 2 } });
  await model.fit(moons({ samples: 20, seed: 1 }), { classWeight: [1, 2] });
  await saveToIndexedDB("mine", model);
  await Sequential.load(await loadFromIndexedDB("mine"));
  return history;
}

/** Models to other formats and back. */
export async function formatsOf(model: Sequential, bytes: Uint8Array): Promise<string[]> {
  const keras: Uint8Array = await writeKeras(await readKeras(await exportKeras(model)));
  const { model: same, notes } = await importKeras(keras, { threads: 1 });
  const files = await exportTorch(same);
  const names = [...Object.keys(files), ...notes, (await detectFormat(bytes)) ?? "none"];
  await Promise.all([importTorch(bytes), importOnnx(await exportOnnx(model, { withLabels: false }))]);
  await Promise.all([importSklearn(await exportSklearn(model)), importTfjs(await exportTfjs(model))]);
  await Promise.all([importBrain(await exportBrain(model)), importModel({ "a.keras": keras })]);
  const small: Uint8Array = await compact(model, { weights: "float16" });
  const quick = await quantize(model, { calibration: [[1, 2]] });
  const texts = [
    await exportModule(model),
    await exportPage(model, { title: "Mine" }),
    (await exportC(model)).toString(),
  ];
  return [...names, ...texts, `${small.length} ${quick.predict([[1, 2]]).length}`];
}

/** Estimators, searches and tables. */
export async function searchesOf(data: Dataset, rows: Record<string, unknown>[]): Promise<string> {
  const classifier = await new MLPClassifier({ hiddenLayerSizes: [4], classWeight: { no: 2 } }).fit(data);
  const labels: (ClassLabel | number[])[] = classifier.predict(data.x);
  await new MLPRegressor({ earlyStopping: true }).fit({ x: [[1], [2]], y: [[1], [2]] });
  const executor = bullExecutor({ queue: "sweep", connection: "redis://127.0.0.1:6379", onWarning: async () => {} });
  const grid = { alpha: [1e-4, 1e-2] };
  const found: SearchResult = await gridSearch(data, { estimator: "classifier", grid, executor });
  const worker: QueueWorker = await startWorker({ queue: "sweep", connection: "redis://127.0.0.1:6379" });
  await worker.close();
  const { jobs } = { jobs: await sweepStatus({ queue: "sweep", connection: "redis://127.0.0.1:6379" }) };
  await writePlan("plan.json", gridSearch, data, { estimator: "classifier", grid });
  const { missing } = await (await openPlan("plan.json")).gather({ out: "results" });
  const options: TrainTableOptions = { target: "churn", trials: 1, onWarning: () => {} };
  const model = await TableModel.train(rows, options);
  const scored: Manifest | null = (await scoreFile({ model: "m.st", input: "rows.csv", output: "scored" })).manifest;
  const report: string = await htmlReport(model, rows);
  return [labels, found.best.mean, JSON.stringify(jobs), missing, report, scored?.rows].join();
}

/** Pictures and texts. */
export async function picturesOf(model: Sequential, data: Dataset, history: History): Promise<string[]> {
  const step = await explain(model, data);
  const boundary: string = await decisionBoundary(model, data);
  return [
    `${step}`,
    boundary,
    lineChart({ series: [{ name: "loss", points: history.loss.map((loss, x) => [x, loss] as const) }] }),
    sparkline(history.loss),
    table([{ loss: history.loss[0] }]),
  ];
}
