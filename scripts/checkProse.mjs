/** Words that the prose of this project does without, as far as a search can tell. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @type {readonly (readonly [pattern: RegExp, instead: string])[]} */
const RULES = [
  [/\bbehind\b/, '"after"'],
  [/\b(?:that|which) (?:is|are) none\b/, '"anything that is not a …", "unknown …"'],
  [/\b(?:what|which) is no [a-z]/, '"anything that is not a …"'],
  [/\bso many\b/, '"that many"'],
  [/\/\*\* (?:Has|Is|Are|Does|Do|Can|May|Should|Must|Was|Were|Did|Will) [^*]*\?/, '"True if …"'],
];
const FILES = /\.(?:ts|tsx|mjs|js|md|py|html|css)$/;
/** Files with the words of others. */
const EXCEPT = /^(?:scripts\/checkProse\.mjs|NOTICE|fixtures\/.*\.json|docs\/benchmarks\.md)$/;

/** @returns {string[]} each place that breaks a rule: file, line, words, and what to write instead */
export function proseFaults() {
  const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
  return files
    .filter((file) => FILES.test(file) && !EXCEPT.test(file))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, i) =>
          RULES.flatMap(([pattern, instead]) => {
            const [words] = line.match(pattern) ?? [];
            return words ? [`${file}:${i + 1}: ${words.slice(0, 60)}: write ${instead}`] : [];
          }),
        ),
    );
}
