/** The section on how the networks of a table model were chosen and trained. */

import { lineChart } from "../plot/chart.js";
import { extentOf } from "../plot/scale.js";
import type { Theme } from "../plot/theme.js";
import type { Setting } from "../table/setting.js";
import type { TableModel } from "../table/tableModel.js";
import { exact, paragraph, part, pictures, section, table, words } from "./page.js";

/** A setting in words: "32-16, l2 0.001, dropout 0.2". */
export function settingText({ hiddenLayerSizes, l2, dropout, learningRate }: Setting): string {
  const size = hiddenLayerSizes.length === 0 ? "linear" : `hidden layers ${hiddenLayerSizes.join("-")}`;
  return `${size}, l2 ${l2}, dropout ${dropout}, learning rate ${learningRate}`;
}

/** From this ratio of losses on, decades show them better. */
const WIDE = 10;

/** Panels of loss by epoch for all members: of the rows trained on, and of those that decide when to stop. */
function lossPicture(model: TableModel, theme: Theme): string {
  const members = model.training.members.filter(({ epochs }) => epochs.length > 0);
  if (members.length === 0) return "";
  const seriesOf = (key: "loss" | "valLoss") =>
    members.map(({ epochs, [key]: losses }, i) => ({
      name: `network ${i + 1}`,
      points: epochs.map((epoch, at): [number, number] => [epoch, losses[at]]),
    }));
  const last = members.reduce((most, { epochs }) => Math.max(most, epochs[epochs.length - 1]), 2);
  const [low, high] = extentOf(members.flatMap(({ loss, valLoss }) => [...loss, ...valLoss])) ?? [0, 1];
  const log = low > 0 && high > WIDE * low;
  const axes = { x: { label: "epoch", integer: true, min: 1, max: last }, y: { label: "loss", log } };
  const size = { width: 440, height: 320, theme };
  const chart = (title: string, key: "loss" | "valLoss") =>
    lineChart({ ...size, title, panels: [{ ...axes, series: seriesOf(key) }] });
  return pictures(chart("Loss of the training rows", "loss"), chart("Loss of the validation rows", "valLoss"));
}

export function trainingSection(model: TableModel, theme: Theme): string {
  const { members } = model.training;
  const trials = model.trials.map(({ hiddenLayerSizes, l2, dropout, learningRate, loss, epochs }) => [
    hiddenLayerSizes.length === 0 ? "linear" : hiddenLayerSizes.join("-"),
    ...[l2, dropout, learningRate].map(exact),
    epochs,
    Number.isFinite(loss) ? loss : null,
  ]);
  if (members.length === 0) {
    const told = "The network was trained on all training rows, with the options that a search found.";
    return section("training", "Training", paragraph(words(told)));
  }
  const count = members.length === 1 ? "One network was" : `${members.length} networks were`;
  const told =
    `${count} trained with the best setting. Each was stopped by a part of the training rows that it did not learn ` +
    "from, and went back to its best epoch.";
  return section(
    "training",
    "Training",
    paragraph(words(told)),
    lossPicture(model, theme),
    part(
      "Settings that were tried, the best first",
      table(
        "Settings that were tried",
        ["hidden layers", "l2", "dropout rate", "learning rate", "epochs", "least validation loss"],
        trials,
      ),
    ),
  );
}
