/** The parts of a table model's file that code is written from. */
import { decodeBase64 } from "../../base/base64.js";
import { FormatError, OptionError, show } from "../../base/errors.js";
import { isLearnedColumn, type LearnedColumn, outputsOf, typeOf } from "../../data/columns/column.js";
import type { Category } from "../../data/preprocess/table.js";
import { portableOf, TABLE_NOTE } from "../fromModel.js";
import type { Portable } from "../portable.js";

/** The facts of a table model's file that answers depend on. */
interface TableFile {
  readonly target: LearnedColumn;
  readonly features: readonly LearnedColumn[];
  readonly classes: readonly Category[] | null;
  readonly threshold: number | null;
  readonly temperature: number;
  readonly errorBound: number | null;
  readonly center: readonly number[];
  readonly scale: readonly number[];
  readonly targetCenter: number;
  readonly targetScale: number;
  readonly ignored: readonly string[];
  /** Files of the networks after the first one, as base64. */
  readonly members: readonly string[];
}

/** A table model that code can be written for. */
export interface TableSource {
  readonly file: TableFile;
  readonly networks: readonly Portable[];
}

/** @throws OptionError naming the columns that code cannot read */
export async function tableSourceOf(where: string, bytes: Uint8Array, attachment: object): Promise<TableSource> {
  const file = attachment as TableFile;
  if (!isWhole(file)) {
    throw new FormatError(`${where}: the description of the table does not fit the model. The file was altered.`);
  }
  const reasons = file.features.flatMap((column) => {
    const type = typeOf(column);
    if (type === "date" || type === "hash" || type === "text") return [`${show(column.name)} (${type})`];
    const isOwn = "notation" in column && column.notation;
    return isOwn ? [`${show(column.name)} (numbers in a notation of its own: write them like -1234.5 before)`] : [];
  });
  if (reasons.length > 0) {
    throw new OptionError(
      `${where}: got a table model with columns that this code cannot read: ${reasons.join(", ")}. ` +
        "Leave them out when you train it: exclude. Or serve the model: npx simdgrad serve",
    );
  }
  const files = [bytes, ...file.members.map(decodeBase64)];
  const networks = await Promise.all(files.map(portableOf));
  // The attachment is the table, which is not left out here.
  const isOther = (note: string) => note !== TABLE_NOTE;
  return { file, networks: networks.map((network) => ({ ...network, notes: network.notes.filter(isOther) })) };
}

const areNumbers = (values: unknown, length: number) =>
  Array.isArray(values) && values.length === length && values.every(Number.isFinite);
const areTexts = (values: unknown) => Array.isArray(values) && values.every((value) => typeof value === "string");

/** True if everything that becomes text of code is of its kind. */
function isWhole(file: Partial<TableFile>): boolean {
  const { target, features, classes, threshold, temperature, errorBound, center, scale } = file;
  if (!isLearnedColumn(target) || !Array.isArray(features) || !features.every(isLearnedColumn)) return false;
  const width = features.flatMap(outputsOf).length;
  const areClasses =
    classes === null ||
    (Array.isArray(classes) && classes.every((label) => /^(?:string|number|boolean)$/.test(typeof label)));
  const areFinite = [temperature, file.targetCenter, file.targetScale, threshold ?? 0, errorBound ?? 0].every(
    Number.isFinite,
  );
  const areLists =
    areNumbers(center, width) && areNumbers(scale, width) && areTexts(file.ignored) && areTexts(file.members);
  return areClasses && areFinite && areLists;
}
