/** A table as CSV, and the fingerprint of what a model of it says: the same in Node, in browsers, from the command line. */
import { Random } from "../../src/base/random.js";
import type { TableModel } from "../../src/table/index.js";
import { fnv1a } from "../model/models.js";

/** Customers whose churn depends on three columns, with an identifier, a constant, and gaps. */
export function customers(count: number): string {
  const random = Random.fromSeed(7);
  const rows = Array.from({ length: count }, (_, i) => {
    const tenure = random.integerBelow(72);
    const contract = ["month", "year"][random.integerBelow(2)];
    const support = random.integerBelow(6);
    const score = (contract === "month" ? 2 : -1) - tenure / 12 + support / 2;
    const churn = random.uniform() * 4 - 2 < score ? "yes" : "no";
    const day = `20${10 + random.integerBelow(14)}-0${1 + random.integerBelow(9)}-15`;
    const told = i % 40 === 3 ? "" : tenure;
    return [
      `C-${1000 + i}`,
      day,
      told,
      contract,
      support,
      i % 2 === 0 ? "true" : "false",
      `0${1000 + (i % 9)}`,
      "DE",
      churn,
    ];
  });
  const names = ["customerID", "signup", "tenure", "contract", "support", "paperless", "zip", "country", "churn"];
  return `${[names, ...rows].map((row) => row.join()).join("\n")}\n`;
}

/** How the model of the fingerprint is trained. */
export const customersOptions = { target: "churn", trials: 5, members: 2, seed: 3 } as const;

/** Fingerprint of the model of `customers(300)`, in all environments. */
export const CUSTOMERS_HASH = "bd767e35";

/** What a model predicts for rows as a form sends them, with its scores. */
export function answersHash(model: TableModel): string {
  const [header, ...lines] = customers(60).trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, c) => [names[c], cell])));
  const { scores, importance, threshold } = model;
  return fnv1a(new TextEncoder().encode(JSON.stringify([model.predict(rows), scores, importance, threshold])));
}
