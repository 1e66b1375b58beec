/** Runs a browser without a window on one address, by its command line alone. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserName } from "./finder.js";

/** Firefox asks about nothing and calls no one. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.normandy.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "dom.max_script_run_time": 0,
};

const argumentsOf: Record<BrowserName, (profile: string) => string[]> = {
  chromium: (profile) => [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
    `--user-data-dir=${profile}`,
  ],
  firefox: (profile) => {
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(join(profile, "user.js"), lines.join("\n"));
    return ["--headless", "--no-remote", "--new-instance", "--profile", profile];
  },
};

export interface Running {
  /** Its output, for error messages. */
  output(): string;
  /** Resolves when it ends by itself. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export function launch({ name, path }: Browser, address: string): Running {
  const profile = mkdtempSync(join(tmpdir(), "simdgrad-browser-"));
  // A group of its own, so that its helpers end with it.
  const child = spawn(path, [...argumentsOf[name](profile), address], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  let output = "";
  const listen = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      output += error.message;
      resolve();
    });
  });
  const close = async () => {
    if (child.pid !== undefined && child.exitCode === null) {
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, "SIGKILL");
    }
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { output: () => output, ended, close };
}
