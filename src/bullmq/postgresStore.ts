/** Data files in PostgreSQL, in a table beside those of BullMQ. */
import { formatBytes } from "../base/errors.js";
import type { DataStore } from "../jobs/store.js";
import { QueueError } from "./errors.js";
import type { PostgresPool } from "./library.js";

/** Bytes of one file; a folder has no limit. */
const MOST_BYTES = 256 * 2 ** 20;
/** Bytes that are read at a time: they come as text, which has a longest length. */
const SLICE = 16 * 2 ** 20;
/** Days that data stay after their last use by a search. */
const KEEP = "30 days";

/** @param pool Connects to the database of the queue. */
export function postgresStore(where: string, pool: PostgresPool, schema: string): DataStore {
  const table = `"${schema}".simdgrad_data`;
  const ask = <Row>(text: string, ...values: unknown[]) => pool.query<Row>({ text, values });
  return {
    read: async (name) => {
      const size = `SELECT octet_length(bytes) AS size FROM ${table} WHERE name = $1`;
      const { rows } = await ask<{ size: number }>(size, name).catch((error) => {
        if (error.code === "42P01") return { rows: [] }; // nobody has written yet
        throw error;
      });
      if (rows.length === 0) return null;
      const parts: Buffer[] = [];
      const slice = `SELECT substring(bytes FROM $2 FOR ${SLICE}) AS part FROM ${table} WHERE name = $1`;
      for (let start = 1; start <= rows[0].size; start += SLICE) {
        const part = await ask<{ part: Buffer }>(slice, name, start);
        parts.push(...part.rows.map((row) => row.part));
      }
      return Buffer.concat(parts);
    },
    write: async (name, bytes) => {
      if (bytes.length > MOST_BYTES) {
        const size = `${formatBytes(bytes.length)} of data are more than PostgreSQL should keep`;
        throw new QueueError(`${where}: ${size}. Give store: a folder that all machines see, or { read, write }.`);
      }
      await makeTable().catch((error) => {
        if (error.code !== "42501") throw error;
        const remedy = `Let the owner of the schema ${schema} run a search first, or give store: a folder`;
        throw new QueueError(`${where}: no right to make a table for data: ${error.message}. ${remedy}.`);
      });
      await ask(`DELETE FROM ${table} WHERE used < now() - interval '${KEEP}'`);
      const used = `UPDATE ${table} SET used = now() WHERE name = $1 AND octet_length(bytes) = $2`;
      if ((await ask(used, name, bytes.length)).rowCount === 1) return;
      const insert = `INSERT INTO ${table} VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes`;
      await ask(insert, name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    },
  };

  async function makeTable(): Promise<void> {
    const columns = "name text PRIMARY KEY, bytes bytea NOT NULL, used timestamptz NOT NULL DEFAULT now()";
    const isThere = `SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'simdgrad_data'`;
    if ((await ask(isThere, schema)).rowCount === 1) return;
    try {
      await pool.query(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`);
      // Weights and pixels do not get smaller; the attempt would cost seconds.
      await pool.query(`ALTER TABLE ${table} ALTER COLUMN bytes SET STORAGE EXTERNAL`);
    } catch (error) {
      if ((error as { code?: string }).code !== "23505") throw error; // another search makes it now
    }
  }
}
