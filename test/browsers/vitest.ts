/**
 * The "vitest" of test files inside a browser: vitest's own runner and assertions, without the rest of it,
 * which expects a server to talk to.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  addCustomEqualityTesters,
  chai,
  type ExpectStatic,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { type File, startTests, type Task, type VitestRunnerConfig } from "@vitest/runner";

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from "@vitest/runner";

/** Matchers that JestExtend adds. */
interface Extendable {
  extend(expect: ExpectStatic, matchers: object): void;
}

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as unknown as ExpectStatic;
Object.assign(expect, chai.expect);
Object.assign(expect, (globalThis as never)[ASYMMETRIC_MATCHERS_OBJECT]);
expect.getState = () => getState(expect);
expect.setState = (state) => setState(state as never, expect);
expect.addEqualityTesters = addCustomEqualityTesters;
expect.extend = (matchers) => (chai.expect as unknown as Extendable).extend(expect, matchers);
setState({ assertionCalls: 0 } as never, expect);

/** Types are checked by tsc, where the tests run as well. */
export function expectTypeOf(): unknown {
  const anything: unknown = new Proxy(() => anything, { get: () => anything });
  return anything;
}

/** Outcome of one test. */
export interface Result {
  readonly name: string;
  readonly state: string;
  readonly message: string;
}

const config: VitestRunnerConfig = {
  root: "/",
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: "stack", setupFiles: "list" },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

/** Runs test files; `load` evaluates one. */
export async function runTests(paths: string[], load: (path: string) => Promise<unknown>): Promise<Result[]> {
  const files = await startTests(paths, { config, importFile: (path) => load(path) });
  return files.flatMap((file) => resultsOf(file, []));
}

function resultsOf(task: Task | File, way: readonly string[]): Result[] {
  const names = [...way, task.name];
  // Stacks have the message in them in Chromium alone.
  const message = (task.result?.errors ?? []).map((error) => `${error.message}\n${error.stack ?? ""}`).join("\n");
  const own = { name: names.join(" > "), state: task.result?.state ?? task.mode, message };
  if (task.type !== "suite") return [own];
  const within = task.tasks.flatMap((inner) => resultsOf(inner, names));
  return message ? [own, ...within] : within;
}
