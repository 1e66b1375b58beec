/** A page with a form for a served model: one file, no script, light and dark. */
import { html, raw } from "hono/html";
import type { PredictionExplanation, TableColumn, TableModel, TablePrediction } from "simdgrad/table";
import { decimal, percent } from "../ui/text.js";

/** Categories that a list shows; more of them are suggestions of a text field. */
const LISTED = 100;
const MOVERS = 8;

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d4da, #3c434d); --soft: light-dark(#5b6470, #a2abb8);
  --card: light-dark(#fff, #1b1f25); --back: light-dark(#f5f6f8, #12151a); --main: light-dark(#1257b8, #7ab3ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--back); color: light-dark(#15191f, #e8ebf0); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
form, .answer { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin-top: 1rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1rem; }
label { display: block; overflow-wrap: anywhere; }
input, select { width: 100%; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line);
  border-radius: .3rem; padding: .35rem .5rem; height: 2.4rem; }
button { margin-top: 1rem; font: inherit; padding: .5rem 1.5rem; border: 0; border-radius: .3rem; color: light-dark(#fff, #10141a);
  background: var(--main); cursor: pointer; }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
.result { font-size: 1.6rem; font-weight: 600; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; max-width: 32rem; } td { padding: .15rem .75rem .15rem 0; overflow-wrap: anywhere; }
td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 5rem; }
td:nth-child(3) { width: 45%; } meter { width: 100%; display: block; } .movers { max-width: 20rem; }
code { overflow-wrap: anywhere; } a { color: var(--main); }
@media print { button { display: none; } }
`;

type Values = Readonly<Record<string, string>>;
type Html = ReturnType<typeof html>;

/** Every column of yes and no takes these, whatever its own words are. */
const BITS = new Map([
  ["true", "yes"],
  ["false", "no"],
]);

function options(choices: ReadonlyMap<string, string>, value: string): Html[] {
  return [["", "–"], ...choices].map(
    ([choice, text]) => html`<option value="${choice}"${choice === value ? raw(" selected") : ""}>${text}</option>`,
  );
}

function field({ name, type, categories }: TableColumn, place: number, value: string): Html {
  const id = `field-${place}`;
  const control = () => {
    const choices = categories ? new Map(categories.map((each) => [String(each), String(each)])) : null;
    const few = type === "boolean" ? BITS : choices && choices.size <= LISTED ? choices : null;
    if (few) {
      return html`<select id="${id}" name="${name}">${options(few, value)}</select>`;
    }
    if (choices) {
      const list = [...choices.keys()].slice(0, 10 * LISTED).map((choice) => html`<option value="${choice}"></option>`);
      return html`<input id="${id}" name="${name}" value="${value}" list="${id}-list" /><datalist id="${id}-list">${list}</datalist>`;
    }
    const kind = type === "date" ? raw(' type="date"') : type === "number" ? raw(' inputmode="decimal"') : "";
    return html`<input id="${id}" name="${name}" value="${value}" autocomplete="off"${kind} />`;
  };
  return html`<div><label for="${id}">${name}</label>${control()}</div>`;
}

function resultOf(model: TableModel, prediction: TablePrediction): Html {
  if ("value" in prediction) {
    const [low, high] = prediction.interval;
    return html`<p class="result">${model.target}: ${decimal(prediction.value)}</p>
      <p class="soft">Nine of ten lie between ${decimal(low)} and ${decimal(high)}.</p>`;
  }
  const rows = Object.entries(prediction.probabilities)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([label, p]) => html`<tr><td>${label}</td><td>${percent(p)}</td><td><meter value="${p}"></meter></td></tr>`);
  return html`<p class="result">${model.target}: ${String(prediction.label)}</p><table>${rows}</table>`;
}

function moversOf({ contributions, typical, prediction }: PredictionExplanation): Html {
  const text = (value: number) => `${value < 0 ? "−" : "+"}${decimal(Math.abs(value))}`;
  const rows = Object.entries(contributions)
    .slice(0, MOVERS)
    .map(([name, value]) => html`<tr><td>${name}</td><td>${text(value)}</td></tr>`);
  const what = "label" in prediction ? `the probability of ${prediction.label}` : "the number";
  return html`<h2>What moved it</h2>
    <p class="soft">Added to ${decimal(typical)}, ${what} for a row of mean values.</p>
    <table class="movers">${rows}</table>`;
}

/** The page, with the answer for values that were sent. */
export function pageOf(model: TableModel, values: Values = {}, answer: PredictionExplanation | null = null): Html {
  const { warnings } = answer?.prediction ?? { warnings: [] };
  const result = answer
    ? html`<section class="answer" aria-live="polite">
        ${resultOf(model, answer.prediction)} ${moversOf(answer)}
        ${warnings.length > 0 ? html`<h2>Taken as</h2>${warnings.map((text) => html`<p class="soft">${text}</p>`)}` : ""}
      </section>`
    : "";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${model.target}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>Predict ${model.target}</h1>
          <p class="soft">
            Learned from ${model.rows.train.toLocaleString("en-US")} rows. Programs send JSON to <code>POST /predict</code>; see
            <a href="/schema">/schema</a>.
          </p>
          ${result}
          <form method="post" action="/predict">
            <div class="fields">
              ${model.columns.map((column, i) => field(column, i, Object.hasOwn(values, column.name) ? values[column.name] : ""))}
            </div>
            <button>Predict</button>
          </form>
        </main>
      </body>
    </html>`;
}
