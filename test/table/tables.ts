/**
 * Tables that table models are compared with scikit-learn on: rows to learn from, and rows for the score. Run as a
 * program, it writes them as CSV files for `fixtures/make_tables.py`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cos } from "../../src/base/math.js";
import { Random } from "../../src/base/random.js";
import { sigmoid } from "../../src/base/sigmoids.js";
import { breastCancer, diabetes, iris, wine } from "../../src/datasets/index.js";
import type { Dataset } from "../../src/index.js";

type Row = Record<string, string | number | null>;

export interface Split {
  readonly name: string;
  readonly target: string;
  readonly train: Row[];
  readonly test: Row[];
}

const pick = <T>(random: Random, values: readonly T[]): T => values[random.integerBelow(values.length)];
const pad = (n: number) => String(n).padStart(2, "0");

/** 7000 customers of a telephone company, 27 % of whom leave: numbers, amounts, categories, dates, an id, gaps. */
function churn(random: Random): Row[] {
  return Array.from({ length: 7000 }, (_, i) => {
    const tenure = random.integerBelow(72);
    const contract = pick(random, ["monthly", "monthly", "one year", "two years"]);
    const internet = pick(random, ["dsl", "fibre", "none"]);
    const payment = pick(random, ["card", "transfer", "cheque", "mail"]);
    const calls = random.integerBelow(8);
    const monthly = 18 + random.integerBelow(10000) / 100;
    const age = 18 + random.integerBelow(70);
    const region = pick(random, ["north", "south", "east", "west", "centre"]);
    const senior = age > 65;
    const last = random.integerBelow(120);
    const month = random.integerBelow(12);
    const score =
      (contract === "monthly" ? 0.9 : contract === "two years" ? -1.3 : -0.5) -
      tenure / 24 +
      (internet === "fibre" ? 0.7 : 0) +
      (payment === "cheque" ? 0.4 : 0) +
      calls * (contract === "monthly" ? 0.22 : 0.08) +
      (monthly - 68) / 60 +
      (senior ? 0.3 : 0) +
      last / 150 -
      1.4;
    const gap = (share: number, value: string | number) => (random.uniform() < share ? null : value);
    return {
      customerID: `${1000 + i}-${String.fromCharCode(65 + random.integerBelow(26))}${random.integerBelow(1000)}`,
      signup: `${2024 - Math.floor(tenure / 12)}-${pad(1 + month)}-${pad(1 + random.integerBelow(28))}`,
      tenure,
      contract,
      internet: gap(0.03, internet),
      payment,
      paperless: pick(random, ["Yes", "No"]),
      partner: pick(random, ["Yes", "No"]),
      dependents: pick(random, ["Yes", "No", "No"]),
      phone: pick(random, ["Yes", "Yes", "Yes", "No"]),
      tv: pick(random, ["Yes", "No"]),
      calls: gap(0.05, calls),
      monthly: gap(0.04, monthly),
      total: `$${Math.round(monthly * (tenure + 1) * 100) / 100}`,
      age: gap(0.02, age),
      region,
      daysSinceLogin: last,
      discount: `${random.integerBelow(30)} %`,
      country: "DE",
      churn: random.uniform() < sigmoid(score) ? "yes" : "no",
    };
  });
}

/** 20 000 rows whose class depends on an angle and a category: no linear model finds it. */
function rings(random: Random): Row[] {
  return Array.from({ length: 20_000 }, () => {
    const [a, b] = [random.normal(), random.normal()];
    const kind = pick(random, ["p", "q", "r"]);
    const radius = Math.sqrt(a * a + b * b) + 0.3 * random.normal();
    const limit = { p: 0.8, q: 1.2, r: 1.6 }[kind] as number;
    return { a, b, noise: random.normal(), kind, inside: radius < limit ? "in" : "out" };
  });
}

/** 15 000 rows of a smooth function of five columns, with a factor by category and noise. */
function surface(random: Random): Row[] {
  return Array.from({ length: 15_000 }, () => {
    const x = Array.from({ length: 6 }, () => random.uniform());
    const kind = pick(random, ["low", "high"]);
    const y = 10 * cos(3 * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4];
    const value = 1000 * ((kind === "high" ? 1.5 : 1) * y + 0.5 * random.normal());
    return { ...Object.fromEntries(x.map((each, i) => [`x${i}`, each])), kind, y: value };
  });
}

function rowsOf(data: Dataset, target: string): Row[] {
  const names = data.featureNames ?? [];
  return Array.from({ length: data.length }, (_, row) => {
    const own = names.map((name, c): [string, number] => [name.replaceAll(",", ";"), data.x[row * names.length + c]]);
    return { ...Object.fromEntries(own), [target]: data.classNames?.[data.y[row]] ?? data.y[row] };
  });
}

/** Three parts of four to learn from, in random order. */
function split(name: string, target: string, rows: readonly Row[], seed: number): Split {
  const order = Random.fromSeed(seed).permutation(rows.length);
  const cut = Math.ceil(rows.length * 0.75);
  const take = (places: Uint32Array) => Array.from(places, (place) => rows[place]);
  return { name, target, train: take(order.subarray(0, cut)), test: take(order.subarray(cut)) };
}

export async function tables(): Promise<Split[]> {
  const small: [string, () => Promise<Dataset>][] = [
    ["iris", iris],
    ["wine", wine],
    ["breastCancer", breastCancer],
    ["diabetes", diabetes],
  ];
  return [
    split("churn", "churn", churn(Random.fromSeed(42)), 1),
    split("rings", "inside", rings(Random.fromSeed(43)), 1),
    split("surface", "y", surface(Random.fromSeed(44)), 1),
    ...(await Promise.all(small.map(async ([name, load]) => split(name, "target", rowsOf(await load(), "target"), 1)))),
  ];
}

export function csvOf(rows: readonly Row[]): string {
  const names = Object.keys(rows[0]);
  return [names.join(), ...rows.map((row) => names.map((name) => row[name] ?? "").join())].join("\n");
}

if (process.argv[1]?.endsWith("tables.ts")) {
  const folder = process.argv[2];
  mkdirSync(folder, { recursive: true });
  for (const { name, train, test } of await tables()) {
    writeFileSync(`${folder}/${name}.train.csv`, csvOf(train));
    writeFileSync(`${folder}/${name}.test.csv`, csvOf(test));
  }
}
