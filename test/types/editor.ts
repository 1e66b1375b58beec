// Output of an editor: the language service of TypeScript, queried about a program that uses the built package.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { classicTypeScript } from "../../scripts/installAside.mjs";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

type Parts = readonly { readonly text: string }[];

/** The part of TypeScript's interface that is used; its types come with a package that is installed aside. */
interface TypeScript {
  createLanguageService(host: object): {
    getQuickInfoAtPosition(
      file: string,
      position: number,
    ):
      | {
          readonly displayParts?: Parts;
          readonly documentation?: Parts;
          readonly tags?: readonly { readonly name: string; readonly text?: Parts }[];
        }
      | undefined;
  };
  getDefaultLibFilePath(options: object): string;
  readonly ScriptSnapshot: { fromString(text: string): object };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly ModuleKind: { readonly NodeNext: number };
}

/** Text of the pop-up over a name. */
export interface Hint {
  readonly signature: string;
  readonly text: string;
  /** Text of `@default`. */
  readonly default: string | undefined;
}

const words = (parts: Parts = []) => parts.map(({ text }) => text).join("");

/** The hints over the names of a program before which there is a `|`, in order. */
export function hintsOf(marked: string): Hint[] {
  const ts: TypeScript = createRequire(import.meta.url)(join(classicTypeScript(), "typescript"));
  const file = join(ROOT, "program.ts"); // within the package, which may import itself by its name
  const [first, ...parts] = marked.split("|");
  const program = [first, ...parts].join("");
  const target = ts.ScriptTarget.ES2022;
  const lib = ["lib.es2022.d.ts"];
  const settings = { target, lib, module: ts.ModuleKind.NodeNext, strict: true, types: [], noEmit: true };
  const read = (path: string) => {
    if (path === file) return program;
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
  };
  const service = ts.createLanguageService({
    ...{ readFile: read, directoryExists: existsSync, getDirectories: () => [] },
    fileExists: (path: string) => read(path) !== undefined,
    getCompilationSettings: () => settings,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path: string) => {
      const text = read(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
  let position = first.length;
  return parts.map((part) => {
    const hint = service.getQuickInfoAtPosition(file, position);
    position += part.length;
    const { text } = hint?.tags?.find(({ name }) => name === "default") ?? {};
    return {
      signature: words(hint?.displayParts),
      text: words(hint?.documentation),
      default: text && words(text),
    };
  });
}
