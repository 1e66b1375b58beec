// The server: the library's answers over HTTP, a form without script, limits, and an end that lets requests finish.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TableModel } from "../../src/table/index.js";
import { customers } from "../support/customers.js";
import { type Run, run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
const path = join(folder, "model.safetensors");
const row = { signup: "2020-05-15", tenure: 3, contract: "month", support: 4, paperless: true, zip: "01003" };
let model: TableModel;
let url = "";
let ending: Promise<Run>;
let stop = () => {};

/** Starts a server; resolves to its address when it listens. */
function start(...options: string[]) {
  let stopIt = () => {};
  let ended: Promise<Run> | null = null;
  const address = new Promise<string>((resolve, reject) => {
    ended = run(["serve", path, "--port", "0", ...options], {
      onStart: (abort) => {
        stopIt = abort;
      },
      onOut: (text) => {
        const [found] = /http:\/\/[\d.]+:\d+/.exec(text) ?? [];
        if (found) resolve(found);
      },
    });
    ended.then(({ err }) => reject(new Error(err)));
  });
  return address.then((found) => ({ url: found, stop: stopIt, ended: ended as unknown as Promise<Run> }));
}

beforeAll(async () => {
  writeFileSync(join(folder, "data.csv"), customers(300));
  const options = ["--target", "churn", "--trials", "2", "--members", "1", "-q"];
  await run(["train", join(folder, "data.csv"), ...options, "-o", path]);
  model = await TableModel.load(readFileSync(path));
  ({ url, stop, ended: ending } = await start("--limit", "2kb"));
});

afterAll(async () => {
  stop();
  expect(await ending).toMatchObject({ code: 130, err: "" });
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  model.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const post = (body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
  fetch(`${url}/predict`, { method: "POST", body, headers: { "content-type": type } });
async function answerTo(place: string) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + place, { method: "POST", body: JSON.stringify(row), headers });
  return { status: response.status, json: (await response.json()) as { error: string } };
}
const alike = (value: object) => JSON.parse(JSON.stringify(value));

describe("POST /predict", () => {
  it("answers as the library does: one row, several, and JSON under another type", async () => {
    expect(await (await post(JSON.stringify(row))).json()).toEqual(alike(model.predict(row)));
    const rows = [row, { tenure: "7", contract: "Week" }, {}];
    expect(await (await post(JSON.stringify(rows))).json()).toEqual(alike(model.predict(rows)));
    const text = await post(JSON.stringify(row), "application/x-www-form-urlencoded");
    expect(await text.json()).toEqual(alike(model.predict(row)));
    expect(await (await post("[]")).json()).toEqual([]);
  });

  it.each([
    ["text that is not JSON", "{ a", 400, "expected JSON, a row such as"],
    ["a number", "3", 400, "expected JSON"],
    ["null", "null", 400, "expected JSON"],
    ["an array of numbers", "[3]", 400, "row 0: expected an object"],
    ["nothing", "", 400, "expected JSON"],
    ["true for a number", '{"tenure": true}', 400, 'column "tenure": expected a number, got true'],
    ["false for a number in a row", '[{}, {"support": false}]', 400, 'row 1: column "support": expected a number'],
    ["Latin-1", Buffer.from('{"zip": "Müller"}', "latin1"), 400, "the body is not UTF-8. Send it as UTF-8."],
    ["a body that is too large", JSON.stringify({ note: "x".repeat(3000) }), 413, "more than 2048 bytes"],
  ])("refuses %s", async (_, body, status, message) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toContain(message);
  });

  it.each(["threshold=0.9", "threshold", "tenure=3&strict=1", "%22=1", "__proto__=1"])("refuses ?%s", async (query) => {
    const { status, json } = await answerTo(`/predict?${query}`);
    const [name] = new URLSearchParams(query).keys();
    expect(status).toBe(400);
    expect(json.error).toBe(
      `/predict: unknown query parameter ${JSON.stringify(name)}: it takes a row or rows in the body, and no ` +
        "parameters in the address.",
    );
    expect((await answerTo("/predict?")).status).toBe(200);
  });

  it.each([
    ["given twice", "tenure=3&zip=1&tenure=4", 'the field "tenure" is given more than once. Give it once.'],
    ["given twice, empty", "zip=&zip=", 'the field "zip" is given more than once.'],
    ["a name of the prototype twice", "__proto__=1&__proto__=1", 'the field "__proto__" is given more than once.'],
    ["in Latin-1", "zip=M%FCller", "the body is not UTF-8."],
  ])("refuses a field of a form that is %s", async (_, body, message) => {
    const response = await post(body, "application/x-www-form-urlencoded");
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(message);
  });

  it("a sign of replacement that was sent stays", async () => {
    for (const body of ["zip=%EF%BF%BD", "zip=\uFFFD", "zip=100%"]) {
      expect((await post(body, "application/x-www-form-urlencoded")).status).toBe(200);
    }
  });

  it("true is a value of columns that may have been learned from it", async () => {
    expect(await (await post('{"paperless": true}')).json()).toEqual(alike(model.predict({ paperless: true })));
  });

  it("names of the prototype are columns like others, and change nothing", async () => {
    const { warnings } = (await (await post('{"__proto__": {"tenure": 3}, "constructor": 1}')).json()) as {
      warnings: string[];
    };
    expect(warnings).toContain("__proto__: not a column of the model, and not used");
    expect(({} as { tenure?: number }).tenure).toBeUndefined();
  });

  it("a form is answered with a page that keeps the values, escaped", async () => {
    const values = new URLSearchParams({ tenure: "3", contract: "month", zip: '"><script>alert(1)</script>' });
    const response = await post(String(values), "application/x-www-form-urlencoded");
    const page = await response.text();
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page).not.toContain("<script");
    expect(page).toMatch(/<option value="month" selected>/);
    const { label } = model.predict({ tenure: 3, contract: "month", zip: "?" }) as { label: string };
    expect(page).toContain(`churn: ${label}</p>`);
    expect(page).toContain("What moved it");
  });
});

describe("other routes", () => {
  it("a form page without script, under a policy that allows none", async () => {
    const response = await fetch(url);
    const page = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|https?:/);
    for (const { name } of model.columns) expect(page).toContain(`name="${name}"`);
    expect(page).toContain("color-scheme: light dark");
  });

  it("a description in OpenAPI 3.1, and health", async () => {
    const schema = (await (await fetch(`${url}/schema`)).json()) as {
      openapi: string;
      components: { schemas: { Row: object } };
    };
    expect(schema.openapi).toBe("3.1.0");
    expect(schema.components.schemas.Row).toEqual(model.schema());
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok", target: "churn" });
  });

  it("404 and 405 say what there is", async () => {
    const missing = await fetch(`${url}/predictions`);
    expect([missing.status, await missing.json()]).toEqual([404, { error: expect.stringContaining("POST /predict") }]);
    const wrong = await fetch(`${url}/predict`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it.each(["/", "/schema", "/health"])("405 for a POST to %s, which is there", async (path) => {
    const response = await fetch(url + path, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("allow"), await response.json()]).toEqual([
      ...[405, "GET, HEAD"],
      { error: expect.stringContaining("expected GET, got POST") },
    ]);
    expect((await fetch(url + path, { method: "HEAD" })).status).toBe(200);
  });

  it("415 for a body that is compressed, which would be read as a form", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" };
    const response = await fetch(`${url}/predict`, { method: "POST", headers, body: gzipSync("{}") });
    expect([response.status, await response.json()]).toEqual([
      415,
      { error: 'content-encoding: expected none, got "gzip". Send the body as it is.' },
    ]);
  });

  it("a client that goes in the middle of a request leaves the server running", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{");
    socket.destroy();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

it("--rate refuses the requests above, but not those for health; --strict refuses gaps", async () => {
  const other = await start("--rate", "2", "--strict");
  const answers = [];
  for (let i = 0; i < 4; i++) {
    answers.push(await fetch(`${other.url}/predict`, { method: "POST", body: JSON.stringify(i === 0 ? {} : row) }));
  }
  expect(answers.map(({ status }) => status)).toEqual([400, 200, 429, 429]);
  expect(Number(answers[3].headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await fetch(`${other.url}/health`)).status).toBe(200);
  other.stop();
  expect((await other.ended).code).toBe(130);
});

it.each([
  ["a body that is still on its way", "{}", 1],
  ["an answer that is read slowly", `[${Array(40_000).fill("{}").join()}]`, 0],
])("ends when the request that runs is answered: %s", async (_, body, held) => {
  const other = await start();
  const socket = connect(Number(new URL(other.url).port), "127.0.0.1");
  const idle = connect(Number(new URL(other.url).port), "127.0.0.1").on("error", () => {});
  const whole = new Promise<string>((resolve) => {
    let answer = "";
    socket.once("readable", () => {
      // What the sockets do not hold waits in the server.
      setTimeout(() => socket.on("data", (data) => (answer += data)), 700);
    });
    socket.once("close", () => resolve(answer));
  });
  socket.write(`POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(body.slice(0, body.length - held));
  if (held === 0) await new Promise((resolve) => socket.once("readable", resolve));
  else await new Promise((resolve) => setTimeout(resolve, 200));
  const began = performance.now();
  other.stop();
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.write(body.slice(body.length - held || body.length));
  expect((await other.ended).code).toBe(130);
  expect(performance.now() - began).toBeLessThan(4000);
  const answer = await whole;
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  const [head, sent] = answer.split("\r\n\r\n");
  expect(sent.length).toBe(Number(/content-length: (\d+)/i.exec(head)?.[1]));
  idle.destroy();
});
