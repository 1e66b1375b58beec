/**
 * Finds a Chromium and a Firefox: as an environment variable says, or as installed, or from Debian or npm. A
 * browser that is not available is an error that says what to do, never a test that is skipped silently.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installAside } from "../../scripts/installAside.mjs";

export const browserNames = ["chromium", "firefox"] as const;
export type BrowserName = (typeof browserNames)[number];

export interface Browser {
  readonly name: BrowserName;
  readonly path: string;
}

interface Source {
  readonly variable: string;
  readonly commands: readonly string[];
  /** Paths of installers, on systems that have no command for it. */
  readonly places: readonly string[];
  /** Of several, the first that Debian has. */
  readonly debianPackages: readonly string[];
}

const PROGRAMS = process.env.PROGRAMFILES ?? "C:\\Program Files";

const sources: Record<BrowserName, Source> = {
  chromium: {
    variable: "CHROME_PATH",
    // The first is the same engine as a program without windows, which needs a third of the time to start.
    commands: [
      ...["chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable", "chromium-browser"],
      "microsoft-edge",
    ],
    places: [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      `${PROGRAMS}\\Google\\Chrome\\Application\\chrome.exe`,
      `${PROGRAMS}\\Microsoft\\Edge\\Application\\msedge.exe`,
    ],
    debianPackages: ["chromium-headless-shell", "chromium"],
  },
  firefox: {
    variable: "FIREFOX_PATH",
    commands: ["firefox", "firefox-esr"],
    places: ["/Applications/Firefox.app/Contents/MacOS/firefox", `${PROGRAMS}\\Mozilla Firefox\\firefox.exe`],
    debianPackages: ["firefox-esr"],
  },
};

function installed({ commands, places }: Source): string | undefined {
  const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
  const paths = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...paths, ...places].find((path) => existsSync(path));
}

function isDebianRoot(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
}

function aptInstall(packageName: string): boolean {
  console.error(`Installing ${packageName} with apt-get …`);
  const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  spawnSync("apt-get", ["update", "-qq"], options);
  const patient = ["-o", "DPkg::Lock::Timeout=300"];
  const install = [...patient, "install", "-y", "-qq", "--no-install-recommends", packageName];
  return spawnSync("apt-get", install, options).status === 0;
}

/** The Chromium that an npm package brings, libraries included; Linux on x64 only. */
async function chromiumOfNpm(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  console.error("Installing @sparticuz/chromium with npm …");
  const modules = installAside("chromium", ["@sparticuz/chromium@147.0.0"]);
  // On a machine without the libraries of a browser it unpacks its own, if it believes itself there.
  Object.assign(process.env, { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x", AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" });
  const home = join(modules, "@sparticuz/chromium");
  const { main, exports } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const entry = exports?.["."]?.import?.default ?? exports?.["."]?.import ?? main;
  const { default: chromium } = await import(pathToFileURL(join(home, entry)).href);
  return chromium.executablePath();
}

async function find(name: BrowserName): Promise<Browser> {
  const source = sources[name];
  const named = process.env[source.variable];
  if (named !== undefined) {
    if (existsSync(named)) return { name, path: named };
    throw new Error(`${source.variable}: there is no ${named}.`);
  }
  let path = installed(source);
  if (!path && isDebianRoot() && source.debianPackages.some(aptInstall)) path = installed(source);
  if (!path && name === "chromium") path = await chromiumOfNpm();
  if (path) return { name, path };
  throw new Error(
    `No ${name} was found. Install it (on Debian: apt-get install ${source.debianPackages[0]}), set ${source.variable} to ` +
      `its path, or leave it out with NO_BROWSER=${name} (NO_BROWSER=1 leaves out all).`,
  );
}

/**
 * Every browser but those that NO_BROWSER names, which are mentioned. ONLY_BROWSER, which the projects of
 * `vitest.config.ts` set, leaves one.
 * @throws where one cannot be had.
 */
export async function findBrowsers(): Promise<Browser[]> {
  const { NO_BROWSER = "", ONLY_BROWSER } = process.env;
  const wanted = browserNames
    .filter((name) => ONLY_BROWSER === undefined || ONLY_BROWSER === name)
    .filter((name) => NO_BROWSER !== "1" && NO_BROWSER !== name);
  if (NO_BROWSER)
    console.warn(`\nNO_BROWSER=${NO_BROWSER}: NOT TESTED in ${NO_BROWSER === "1" ? "any browser" : NO_BROWSER}.\n`);
  const found: Browser[] = [];
  for (const name of wanted) found.push(await find(name));
  return found;
}

/** The version that a browser says it is. */
export function versionOf({ path }: Browser): string {
  return execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
