/** The program from data to saved model: load, build, train, save, test, show. */
import { NonFiniteError, type Sequential } from "simdgrad";
import { dataLines, type Images, loadImages } from "./data.js";
import { Ending, explainNonFinite } from "./failure.js";
import { duration } from "./format.js";
import type { Interrupt } from "./interrupt.js";
import { checkPlace, saveFinite } from "./keep.js";
import { buildLayers, buildModel, modelLines, runtimeLines } from "./model.js";
import type { Settings } from "./options.js";
import { followTraining } from "./progress.js";
import { showTest } from "./showTest.js";
import { section, type Terminal } from "./terminal.js";

/** @throws Ending after a signal or a failed training; errors of the library and of files. */
export async function train(settings: Settings, terminal: Terminal, interrupt: Interrupt): Promise<void> {
  const began = performance.now();
  buildLayers(settings, 2);
  await checkPlace(settings.save);

  const images = await loadImages(settings.data);
  await interrupt.check("Stopped before training. Nothing was saved.");
  section(terminal, "Data", dataLines(terminal, images));
  using model = await buildModel(settings, images);
  section(terminal, "Model", modelLines(terminal, model, settings));

  const trainingBegan = performance.now();
  const done = await trainAndSave(model, images, settings, terminal, interrupt);
  const training = duration(performance.now() - trainingBegan);
  const rest =
    done < settings.epochs ? ` after ${(Math.floor(done * 100) / 100).toFixed(2)} of ${settings.epochs} epochs` : "";
  const stopped = `Stopped${rest}. The model is saved in ${settings.save}, and --resume goes on with it.`;
  await interrupt.check(stopped);

  await showTest(terminal, model, images, settings, () => interrupt.check(stopped));
  section(terminal, `Total time ${duration(performance.now() - began)}, of which training took ${training}`, []);
}

/** Trains and saves; returns the number of epochs done. */
async function trainAndSave(
  model: Sequential,
  { train }: Images,
  { epochs, batchSize, save, resume }: Settings,
  terminal: Terminal,
  { signal, ready }: Interrupt,
): Promise<number> {
  const progress = followTraining(terminal, { epochs, rows: train.length, signal });
  try {
    const announce = { onTrainBegin: () => section(terminal, "Training", [...runtimeLines(terminal, model), ""]) };
    await model.fit(train, { epochs, batchSize, callbacks: [announce, progress.callback], signal, resume });
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    progress.close();
    const isSaved = await saveFinite(model, save);
    const note = isSaved ? `The last finite weights are saved in ${save}` : "Nothing was saved.";
    throw new Ending(`${explainNonFinite(error)}\n${note}`, 1);
  } finally {
    progress.close();
  }
  await ready();
  if (!(await saveFinite(model, save))) throw new Ending("error: weights are not finite. Nothing was saved.", 1);
  return progress.epochsDone();
}
