/** The hash by which a changed file is noticed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of a file; `null` for standard input. */
export async function hashOf(path: string): Promise<string | null> {
  if (path === "-") return null;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
