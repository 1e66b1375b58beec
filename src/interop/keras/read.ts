/** Reads Keras files: `.keras` of Keras 3, and `.h5` of Keras 2 and 3. */
import { bytesOf } from "../../base/bytes.js";
import { checkArguments, FormatError, OptionError, show } from "../../base/errors.js";
import { type Hdf5File, isHdf5, readHdf5 } from "../../formats/hdf5Read.js";
import { otherFile } from "../../formats/otherFile.js";
import { isZip, readZip, zipHas } from "../../formats/zip.js";
import type { Portable, PortableTensor } from "../portable.js";
import { objectIn } from "../tables.js";
import { assemble, Taken, type Values } from "./assemble.js";
import { type Config, type Context, classToSnake, type Dialect, toSnake } from "./dialect.js";
import { layerEntry } from "./tablesLayers.js";

/** True for bytes that `readKeras` may read: a zip archive with Keras's files, or an HDF5 file. Looks at a few bytes. */
export function isKeras(bytes: Uint8Array | ArrayBuffer): boolean {
  const view = bytesOf(bytes);
  if (!view) return false;
  if (isHdf5(view)) return true;
  return isZip(view) && zipHas(view, "model.weights.h5");
}

/**
 * A model from the bytes of a file of Keras: `.keras`, or the older `.h5` with a whole model. Sequential models, and
 * Functional ones that are chains of layers. In `notes` there is a sentence for everything that was left out.
 * @throws FormatError for damaged files, and for layers or settings that do not exist here, with their names; OptionError
 * for anything but bytes.
 */
export async function readKeras(bytes: Uint8Array | ArrayBuffer): Promise<Portable> {
  checkArguments("readKeras", arguments, 1);
  return readKerasFor("readKeras", bytes);
}

/** `readKeras` for the function `where`. */
export async function readKerasFor(where: string, bytes: Uint8Array | ArrayBuffer): Promise<Portable> {
  const view = bytesOf(bytes);
  if (!view) throw new OptionError(`${where}: expected the bytes of a .keras or .h5 file, got ${show(bytes)}.`);
  if (isHdf5(view)) return readLegacy(where, await readHdf5(where, view), view.length);
  if (!isZip(view)) {
    throw new FormatError(`${where}: this is neither a .keras nor an .h5 file. ${remedyFor(view)}`);
  }
  const files = await readZip(where, view, (name) => /^(?:config|metadata)\.json$|^model\.weights\.h5$/.test(name));
  for (const name of ["config.json", "model.weights.h5"]) {
    if (files.has(name)) continue;
    throw new FormatError(`${where}: ${name} is not in the archive: this is not a .keras file. ${remedyFor(view)}`);
  }
  const config = objectIn(`${where}: config.json`, files.get("config.json"));
  const metadata = files.has("metadata.json") ? objectIn(`${where}: metadata.json`, files.get("metadata.json")) : {};
  const weights = files.get("model.weights.h5") as Uint8Array;
  const file = await readHdf5(where, weights);
  const [context, notes] = contextFor(where, metadata.keras_version);
  return assemble(context, notes, config, config.compile_config, zipped(file), metadata, weights.length);
}

function contextFor(where: string, version: unknown): [Context, string[]] {
  const notes: string[] = [];
  const dialect: Dialect = /^[012]\./.test(String(version ?? "2.")) ? "keras2" : "keras3";
  return [{ where, dialect, note: (sentence) => void notes.push(sentence) }, notes];
}

/** The remedy for a file that is not Keras's. */
const remedyFor = (file: Uint8Array) =>
  otherFile(file, "keras") || 'Save the model in Keras with model.save("m.keras").';

/** Values of a `.keras` file. */
function zipped(file: Hdf5File): Values {
  // Files of Keras 2.12 to 2.15 have another name for the list of layers.
  const root = file.names("").includes("_layer_checkpoint_dependencies") ? "_layer_checkpoint_dependencies" : "layers";
  const taken = new Taken();
  return {
    weight({ source, spec }, name, names) {
      if (!source) return null;
      const entry = layerEntry(spec.type);
      const places = entry.places?.(names) ?? names.map((_, i) => `vars/${i}`);
      const number = source.count > 0 ? `_${source.count}` : "";
      const group = `${root}/${classToSnake(source.className)}${number}`;
      const path = `${group}/${places[names.indexOf(name)]}`;
      taken.add(path, group, entry.spare);
      return file.tensor(path);
    },
    rest: () => taken.rest(file.paths(root)),
    optimizer() {
      const list: PortableTensor[] = [];
      for (let i = 0; ; i++) {
        const variable = file.tensor(`optimizer/vars/${i}`);
        if (!variable) return list;
        list.push(variable);
      }
    },
  };
}

/** The text of an attribute. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A list of names, which is in pieces if it is long: `weight_names0`, `weight_names1`. */
function namesIn(attributes: Config, name: string): readonly string[] {
  const whole = attributes[name];
  if (Array.isArray(whole)) return whole.map(String);
  const names: string[] = [];
  for (let i = 0; Array.isArray(attributes[`${name}${i}`]); i++)
    names.push(...(attributes[`${name}${i}`] as string[]).map(String));
  return names;
}

function readLegacy(where: string, file: Hdf5File, bytes: number): Portable {
  const attributes = file.attributes("");
  const text = textOf(attributes.model_config);
  if (text === undefined) {
    throw new FormatError(
      `${where}: the file holds weights alone. Save the whole model: model.save("m.keras"), not save_weights.`,
    );
  }
  const [context, notes] = contextFor(where, attributes.keras_version);
  const compiled = textOf(attributes.training_config);
  const training = compiled === undefined ? null : objectIn(`${where}: training_config`, compiled);
  const taken = new Taken();
  const values: Values = {
    weight({ source, spec }, name) {
      if (!source) return null;
      const group = `model_weights/${source.name}`;
      const wanted = toSnake(name);
      const path = namesIn(file.attributes(group), "weight_names").find(
        (one) => one.replace(/:0$/, "").split("/").pop() === wanted,
      );
      if (path === undefined) return null;
      taken.add(`${group}/${path}`, group, layerEntry(spec.type).spare);
      return file.tensor(`${group}/${path}`);
    },
    rest: () => taken.rest(file.paths("model_weights")),
    optimizer() {
      if (context.dialect !== "keras3") return null;
      const names = namesIn(file.attributes("optimizer_weights"), "weight_names");
      const list = names.map((name) => file.tensor(`optimizer_weights/${name}`));
      return list.every((one) => one !== null) ? (list as PortableTensor[]) : null;
    },
  };
  return assemble(context, notes, objectIn(`${where}: model_config`, text), training, values, {}, bytes);
}
