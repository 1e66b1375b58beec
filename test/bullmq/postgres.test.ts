// A search on a queue in PostgreSQL gives the bits of one process, whoever is killed; what is wrong is said, with a remedy.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bullExecutor, type Connection, QueueError, startWorker, sweepStatus } from "../../src/bullmq/index.js";
import { postgresServer } from "../../src/bullmq/postgres.js";
import { scoreFile } from "../../src/scoring/index.js";
import { gridSearch } from "../../src/search/index.js";
import { filesOf, parquetBytes, writeModels } from "../scoring/tables.js";
import { Chaos, data, disturbances, hashOf, localHash, RUNS, small } from "./chaos.js";
import { hasPostgres, PEERS, Postgres } from "./servers.js";

describe.skipIf(!hasPostgres)("a search on a queue in PostgreSQL", () => {
  let postgres: Postgres;
  const home = process.cwd();

  beforeAll(async () => {
    process.chdir(PEERS); // where BullMQ is
    postgres = await Postgres.start();
    await postgres.ask("CREATE ROLE guest LOGIN PASSWORD 'secret'");
    await postgres.ask("CREATE DATABASE bare");
  });
  afterAll(async () => {
    process.chdir(home);
    await postgres?.end();
  });

  describe("has the hash of one process", () => {
    let chaos: Chaos;
    let one: string;

    beforeAll(async () => {
      [chaos, one] = await Promise.all([Chaos.begin(postgres), localHash(1)]);
    });

    it.each(disturbances)("with %s", async (_what, disturbed) => {
      for (let run = 0; run < RUNS; run++) {
        await postgres.empty();
        expect(await disturbed(chaos)).toBe(one);
      }
    });

    it("and a second run answers from the queue, which says what was done", async () => {
      for (const child of chaos.workers) child.kill("SIGKILL");
      expect(await chaos.search()).toBe(one); // nobody is there who could train
      const status = await sweepStatus({ queue: "chaos", connection: { connectionString: postgres.url } });
      expect(status).toMatchObject({ waiting: 0, active: 0, failed: 0, completed: 24, remaining: 0 });
      expect(status.best?.folds).toBe(3);
      expect(status.workers.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(24);
    });
  });

  it("scores a file to the bytes of one process, manifest included", async () => {
    const folder = mkdtempSync(join(tmpdir(), "simdgrad-postgres-"));
    const { classes: model } = await writeModels(join(folder, "models"));
    const [input, one, many] = ["rows.parquet", "one", "many"].map((name) => join(folder, name));
    writeFileSync(input, parquetBytes(250));
    const own = { model, input, partRows: 250 };
    const [queue, connection] = ["scoring", postgres.url];
    const worker = await startWorker({ queue, connection, data: folder });
    try {
      await scoreFile({ ...own, output: one, threads: 1 });
      await scoreFile({ ...own, output: many, executor: bullExecutor({ queue, connection, data: folder }) });
      expect(filesOf(many)).toEqual(filesOf(one));
    } finally {
      await worker.close();
      rmSync(folder, { recursive: true });
    }
  });

  const secret = (user: string, database: string) => (own: Postgres) => own.at(user, database);
  const faults: [string, (own: Postgres) => Connection, RegExp][] = [
    [
      "no server",
      () => "postgres://a:b@127.0.0.1:1/c",
      /no server answers at 127\.0\.0\.1:1 \(ECONNREFUSED\)\. Start PostgreSQL there/,
    ],
    ["an unknown host", () => "postgres://a:b@attic.invalid/c", /no server answers at attic\.invalid:5432 \(E/],
    [
      "a wrong password",
      secret("tester:wrong", "postgres"),
      /refuses the password of tester\. Correct it in connection/,
    ],
    [
      "no password",
      secret("tester", "postgres"),
      /wants a password of tester\. Give one: postgres:\/\/tester:password@/,
    ],
    [
      "a missing database",
      secret("tester:secret", "attic"),
      /has no database attic\. Run: createdb -h 127\.0\.0\.1 -p \d+ att/,
    ],
    [
      "no right to make tables",
      secret("guest:secret", "bare"),
      /does not let guest make .* denied for database bare\. As its owner, run: GRANT CREATE ON DATABASE "bare" TO "guest"/,
    ],
    [
      "tables of another",
      secret("guest:secret", "postgres"),
      /schema bullmq\. Connect as the owner of the schema bullmq/,
    ],
    [
      "tables that are not to be made",
      (own) => ({ connectionString: own.at("tester:secret", "bare"), migrate: false }),
      /schema "bullmq" is not initialized/,
    ],
    ["no TLS", (own) => ({ connectionString: own.url, ssl: true }), /The server does not support SSL connections/],
    ["a certificate that is missing", (own) => `${own.url}?sslrootcert=attic`, /connection: ENOENT/],
  ];

  it.each(faults)("tells of %s at once", async (_what, given, message) => {
    const [connection, queue] = [given(postgres), "sweep"];
    const doors = [
      () => gridSearch(data, { ...small, executor: bullExecutor({ queue, connection }) }),
      () => startWorker({ queue, connection }),
      () => sweepStatus({ queue, connection }),
    ];
    for (const door of doors) {
      const error = (await (door() as Promise<unknown>).catch((caught) => caught)) as Error;
      expect(error).toBeInstanceOf(QueueError);
      expect(error.message).toMatch(message);
    }
  });

  it("says that pg is not installed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "simdgrad-peers-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(PEERS, "node_modules/bullmq"), join(folder, "node_modules/bullmq"));
    process.chdir(folder);
    const status = sweepStatus({ queue: "sweep", connection: postgres.url });
    await expect(status).rejects.toThrow(/the package pg is not installed\. Run: npm install bullmq pg/);
    process.chdir(PEERS);
    rmSync(folder, { recursive: true });
  });

  it("lets a user work who may not make tables", async () => {
    await sweepStatus({ queue: "sweep", connection: postgres.url });
    await postgres.ask(
      "GRANT USAGE ON SCHEMA bullmq TO guest; GRANT ALL ON ALL TABLES IN SCHEMA bullmq TO guest;" +
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA bullmq TO guest",
    );
    const connection = postgres.at("guest:secret", "postgres");
    const worker = await startWorker({ queue: "guests", connection });
    const found = await gridSearch(data, { ...small, executor: bullExecutor({ queue: "guests", connection }) });
    expect(hashOf(found)).toBe(hashOf(await gridSearch(data, { ...small, workers: 1 })));
    await Promise.all([worker.close(), worker.close()]);
  });

  it("keeps data in slices, and not too much", async () => {
    const reached = await postgresServer("connection", { connectionString: postgres.url }).reach("bullExecutor");
    const bytes = new Uint8Array(2 ** 24 + 5).fill(7);
    bytes[2 ** 24] = 8;
    await reached.store.write("attic", bytes);
    await reached.store.write("attic", bytes);
    const there = (await reached.store.read("attic")) as Uint8Array;
    expect(Buffer.compare(there, bytes)).toBe(0);
    expect(await reached.store.read("cellar")).toBeNull();
    const tooMuch = reached.store.write("attic", new Uint8Array(2 ** 28 + 1));
    await expect(tooMuch).rejects.toThrow(
      /256 MiB of data are more than PostgreSQL should keep\. Give store: a folder/,
    );
    await reached.close();
  });
});
