/** The machine, engine and commit that a figure belongs to. */
import { execFileSync } from "node:child_process";
import { arch, availableParallelism, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";

export interface Host {
  cpu: string;
  cores: number;
  node: string;
  v8: string;
  os: string;
  /** ISO 8601, UTC. */
  date: string;
  /** Short hash, with `+dirty` if the working tree differs from it; `unknown` outside a repository. */
  commit: string;
}

function git(...args: string[]): string {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

function commit(): string {
  try {
    // The history file grows with every run; that does not change the measured code.
    const dirty = git("status", "--porcelain", "--", ":/", ":(exclude)history.jsonl") !== "";
    return git("rev-parse", "--short", "HEAD") + (dirty ? "+dirty" : "");
  } catch {
    return "unknown";
  }
}

export function host(): Host {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.versions.node,
    v8: process.versions.v8,
    os: `${platform()} ${arch()}`,
    date: new Date().toISOString(),
    commit: commit(),
  };
}

/** The part of a host that must be equal for two figures to be comparable. */
export function hostName({ cpu, cores, os }: Host): string {
  return `${cpu} × ${cores}, ${os}`;
}
