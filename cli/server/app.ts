/** The routes of a served model. Knows requests, not sockets. */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { DataError, SimdgradError } from "simdgrad";
import type { TableModel } from "simdgrad/table";
import { inWords } from "../failure.js";
import { openApiOf } from "./openApi.js";
import { pageOf } from "./page.js";

export interface AppOptions {
  /** Bytes of a body. */
  readonly limit: number;
  /** Requests a minute from one address; `null` for any number. */
  readonly rate: number | null;
  readonly strict: boolean;
  readonly version: string;
  readonly addressOf: (context: Context) => string;
}

const MINUTE = 60_000;
const NOT_UTF8 = "the body is not UTF-8. Send it as UTF-8.";
const ROUTES = "POST /predict, GET /schema, GET /health, GET /";

/** Counts the requests of each address, anew every minute. */
function rateLimiter(rate: number) {
  const counts = new Map<string, number>();
  let began = performance.now();
  return (address: string): number | null => {
    const now = performance.now();
    if (now - began >= MINUTE) {
      counts.clear();
      began = now;
    }
    const own = (counts.get(address) ?? 0) + 1;
    counts.set(address, own);
    return own > rate ? Math.ceil((MINUTE - (now - began)) / 1000) : null;
  };
}

/** True if the length that the body has is told and allowed: Node reads no more. Others are counted as they arrive. */
function isWithin(limit: number, { req }: Context): boolean {
  const length = req.header("content-length");
  return length !== undefined && req.header("transfer-encoding") === undefined && Number(length) <= limit;
}

const isPredict = ({ req }: Context) => req.method === "POST" && req.path === "/predict";
const isForm = ({ req }: Context) =>
  req.header("content-type")?.startsWith("application/x-www-form-urlencoded") === true;
const JSON_HEADERS = { "X-Content-Type-Options": "nosniff" };

/** The text of a body; `null` for bytes that are not UTF-8, which would become signs that nobody sent. */
function textOf(body: ArrayBuffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** The fields of a form. @throws DataError for one that is given twice, or is not UTF-8 */
function fieldsOf(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)];
  const isSent = /\uFFFD|%EF%BF%BD/i.test(text);
  const names = new Set<string>();
  for (const [name, value] of fields) {
    if (names.has(name)) {
      throw new DataError(`the field ${JSON.stringify(name)} is given more than once. Give it once.`);
    }
    names.add(name);
    if (!isSent && `${name}${value}`.includes("\uFFFD")) throw new DataError(NOT_UTF8);
  }
  return Object.fromEntries(fields);
}

/** JSON by how it looks: command-line clients often send it under another type. */
const isJson = (text: string) => /^\s*[[{]/.test(text);

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/**
 * Makes a check of rows: true and false are no values of a column of numbers. One that is filled by a number from 0 to 1
 * may have been learned from them, and takes them.
 * @throws DataError naming row and column
 */
function numbersOf({ columns }: TableModel): (rows: object) => void {
  const isNumbers = (fill: unknown) => typeof fill === "number" && (fill < 0 || fill > 1);
  const names = columns.filter(({ type, fill }) => type === "number" && isNumbers(fill)).map(({ name }) => name);
  return (rows) => {
    const isList = Array.isArray(rows);
    for (const [place, row] of (isList ? rows : [rows]).entries()) {
      const name = names.find((each) => typeof row?.[each] === "boolean");
      if (name === undefined) continue;
      const where = `${isList ? `row ${place}: ` : ""}column ${JSON.stringify(name)}`;
      throw new DataError(`${where}: expected a number, got ${row[name]}. Give a number, or null for a missing one.`);
    }
  };
}

export function appFor(model: TableModel, { limit, rate, strict, version, addressOf }: AppOptions): Hono {
  const app = new Hono();
  const schema = openApiOf(model, version);
  const checkNumbers = numbersOf(model);
  const policy = { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], formAction: ["'self'"] };
  const secure = secureHeaders({
    contentSecurityPolicy: { ...policy, baseUri: ["'none'"], frameAncestors: ["'none'"] },
    strictTransportSecurity: false,
  });
  // Headers for pages would take a third of the time of an answer in JSON.
  app.use((context, next) => (isPredict(context) && !isForm(context) ? next() : secure(context, next)));
  const check = rate === null ? null : rateLimiter(rate);
  if (check) {
    app.use(async (context, next) => {
      const wait = context.req.path === "/health" ? null : check(addressOf(context));
      if (wait === null) return next();
      context.header("Retry-After", String(wait));
      return context.json({ error: `more than ${rate} requests in a minute. Try again in ${wait} s.` }, 429);
    });
  }
  const tooLarge = (context: Context) =>
    context.json(
      { error: `the body has more than ${limit} bytes. Send fewer rows at once, or start with a larger --limit.` },
      413,
    );
  const measure = bodyLimit({ maxSize: limit, onError: tooLarge });
  app.post("/predict", async (context, next) => {
    const encoding = context.req.header("content-encoding");
    if (encoding === undefined || encoding === "identity") return next();
    const error = `content-encoding: expected none, got ${JSON.stringify(encoding)}. Send the body as it is.`;
    return context.json({ error }, 415, { "Accept-Encoding": "identity" });
  });
  app.post("/predict", (context, next) => (isWithin(limit, context) ? next() : measure(context, next)));
  app.post("/predict", async (context) => {
    const [unknown] = Object.keys(context.req.queries());
    if (unknown !== undefined) {
      const known = "it takes a row or rows in the body, and no parameters in the address";
      return context.json({ error: `/predict: unknown query parameter ${JSON.stringify(unknown)}: ${known}.` }, 400);
    }
    const text = textOf(await context.req.arrayBuffer());
    if (text === null) throw new DataError(NOT_UTF8);
    if (isJson(text) || !isForm(context)) {
      const rows = parse(text);
      if (rows !== null) {
        checkNumbers(rows);
        return context.json(model.predict(rows, { strict }), 200, JSON_HEADERS);
      }
      return context.json({ error: 'expected JSON, a row such as { "age": 31 } or an array of rows.' }, 400);
    }
    const values = fieldsOf(text);
    return context.html(pageOf(model, values, model.explainPrediction(values, { strict })));
  });
  app.get("/", (context) => context.html(pageOf(model)));
  app.get("/schema", (context) => context.json(schema));
  app.get("/health", (context) => context.json({ status: "ok", target: model.target }));
  const allow = (path: string, method: string, allowed: string) =>
    app.all(path, (context) => {
      context.header("Allow", allowed);
      return context.json({ error: `expected ${method}, got ${context.req.method}. There are: ${ROUTES}.` }, 405);
    });
  allow("/predict", "POST", "POST");
  for (const path of ["/", "/schema", "/health"]) allow(path, "GET", "GET, HEAD");
  app.notFound((context) =>
    context.json({ error: `there is nothing at ${context.req.path}. There are: ${ROUTES}.` }, 404),
  );
  app.onError((error, context) => {
    if (error instanceof SimdgradError) return context.json({ error: inWords(error.message) }, 400);
    return context.json({ error: "the request could not be answered." }, 500);
  });
  return app;
}
