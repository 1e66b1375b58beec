/** Files of a model as a person brings them: one, or several that belong together. */

/** Files that hold a part of a model, and do not say what it is. */
const isPart = (name: string) => /(\.bin|[._]data)$/i.test(name) || /^optimizer\.safetensors$/i.test(name);

/** More bytes than a model of this page has. */
const MOST_BYTES = 150 * 2 ** 20;

/** The file that says what the model is, and the others. @throws Error if there is not exactly one such file. */
export function mainFirst<Named extends { readonly name: string }>(files: readonly Named[]): [Named, ...Named[]] {
  const [first] = files;
  if (!first) throw new Error("No file came. Choose the files of a model.");
  if (files.length === 1) return [first];
  const mains = files.filter(({ name }) => !isPart(name));
  const [main, other] = mains;
  if (!main) {
    const names = files.map(({ name }) => name).join(", ");
    throw new Error(
      `${names}: the file that says what the model is is missing. Add it, such as model.json or model.onnx.`,
    );
  }
  if (other) throw new Error(`${main.name}, ${other.name}: these are two models. Bring the files of one.`);
  return [main, ...files.filter((file) => file !== main)];
}

/** The bytes of files by name, in their order. @throws Error naming the file that cannot be read. */
export async function bytesByName(files: readonly File[]): Promise<Record<string, Uint8Array>> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST_BYTES) {
    const [size, most] = [total, MOST_BYTES].map((count) => Math.round(count / 2 ** 20));
    throw new Error(`${files[0].name}: the model has ${size} MB, and this page takes ${most} MB. Bring a smaller one.`);
  }
  const read = files.map(async (file, place) => {
    try {
      // Keys that are numbers would come before the others: the main file has the first of them.
      return [place === 0 ? "0" : file.name, new Uint8Array(await file.arrayBuffer())] as const;
    } catch {
      throw new Error(`${file.name}: this cannot be read. If it is a folder, bring the files in it.`);
    }
  });
  return Object.fromEntries((await Promise.all(read)).reverse());
}
