/** The functions of generated modules of table models, and the form of their pages. */

/** Reads rows as TableModel.predict does, and joins the answers of the networks. */
export const SCRIPT_TABLE = `/**
 * The class or the number of a row, an object such as { age: 31 }, or of each of several rows. What is missing, not known
 * or not readable is filled in as in training, and told in warnings; text that is a number is read as one, as forms send it.
 */
export function predict(input, { threshold: least = threshold } = {}) {
  return Array.isArray(input) ? input.map((row) => answerOf(row, least)) : answerOf(input, least);
}

function answerOf(row, least) {
  const { x, warnings } = numbersOf(row);
  const outputs = networks.map((network) => Array.from(network(x)));
  const meanOf = (of) => outputs.reduce((sum, output) => sum + of(output), 0) / outputs.length;
  if (classes === null) {
    const value = meanOf(([y]) => y) * numbers.scale + numbers.center;
    return { value, interval: [value - numbers.bound, value + numbers.bound], warnings };
  }
  const means =
    classes.length === 2 ? [meanOf(([p]) => 1 - p), meanOf(([p]) => p)] : classes.map((_, i) => meanOf((p) => p[i]));
  const powers = means.map((p) => Math.exp(Math.log(Math.max(p, 1e-300)) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  const own = temperature === 1 ? means : powers.map((power) => power / sum);
  const largest = own.indexOf(own.reduce((most, p) => Math.max(most, p)));
  const place = least === null ? largest : Number(own[1] >= least);
  const probabilities = Object.fromEntries(classes.map((label, i) => [String(label), own[i]]));
  return { label: classes[place], probability: own[place], probabilities, warnings };
}

const isMissing = (cell) => cell === null || cell === undefined || Number.isNaN(cell);
const isBlank = (cell) => typeof cell === "string" && cell.trim() === "";

function show(cell) {
  if (typeof cell === "string") return JSON.stringify(cell.length > 60 ? \`\${cell.slice(0, 57)}…\` : cell);
  return typeof cell === "object" ? "an object" : String(cell);
}

/** The column that a row lacks and may mean: its name differs in capitals, blanks or signs alone. */
function meantBy(name, row) {
  const folded = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]/gu, "");
  const near = columns.findLast((column) => folded(column.name) === folded(name));
  return near && !Object.hasOwn(row, near.name) ? \`. Did you mean \${show(near.name)}?\` : "";
}

/** The numbers of a row, as the networks take them. */
function numbersOf(row) {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw new TypeError(\`predict: expected an object such as { age: 31 }, got \${show(row)}.\`);
  }
  const names = new Set([...columns.map(({ name }) => name), ...ignored]);
  const unknown = Object.keys(row).filter((name) => !names.has(name));
  const warnings = unknown.map((name) => \`\${name}: not a column of the model, and not used\${meantBy(name, row)}\`);
  const values = columns.flatMap((column) => {
    const { name, type, fill, fillText, width, hasOther, categories } = column;
    const cell = Object.hasOwn(row, name) ? row[name] : undefined;
    const isEmpty = isMissing(cell) || (isBlank(cell) && !categories?.includes(cell));
    if (isEmpty) warnings.push(\`\${name}: no value, so \${fillText} is used\`);
    if (isEmpty && fill === null) throw new TypeError(\`predict: column \${show(name)}: expected a value, got \${cell}.\`);
    if (type === "category") {
      const place = categories.indexOf(isEmpty ? fill : typed(column, cell));
      if (place < 0) {
        const how = hasOther
          ? "rare or not known, and counts as one of the rare"
          : "not known, and counts as none of those known";
        warnings.push(\`\${name}: \${show(cell)} is \${how}\`);
      }
      return Array.from({ length: width }, (_, i) => Number(i === (place < 0 && hasOther ? width - 1 : place)));
    }
    if (isEmpty) return [fill];
    const number = type === "boolean" ? bitOf(column, cell) : numberOf(column, cell);
    if (number !== null) return [number];
    warnings.push(\`\${name}: \${show(cell)} is not a \${type}, so \${fillText} is used\`);
    if (fill === null) throw new TypeError(\`predict: column \${show(name)}: expected a \${type}, got \${show(cell)}.\`);
    return [fill];
  });
  return { x: Float32Array.from(values, (value, i) => (value - center[i]) / scale[i]), warnings };
}

/** The category that text, a number or a boolean stands for. */
function typed({ categories }, cell) {
  if (categories.includes(cell)) return cell;
  const text = String(cell).trim();
  const isSame = (category) => String(category) === (typeof category === "boolean" ? text.toLowerCase() : text);
  const same = categories.find(isSame);
  if (same !== undefined || typeof cell !== "string" || !NUMBER.test(text)) return same;
  return categories.find((category) => category === Number(text));
}

function bitOf({ words }, cell) {
  const word = String(cell).trim().toLowerCase();
  const place = word === "0" || word === "1" ? Number(word) : words.indexOf(word);
  if (place >= 0) return place;
  return word === "true" ? 1 : word === "false" ? 0 : null;
}

/** Text that is a number; 0x10 is none. */
const NUMBER = /^[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?$/;

function numberOf({ fromText }, cell) {
  let number = typeof cell === "number" ? cell : typeof cell === "boolean" ? Number(cell) : null;
  if (typeof cell === "string") {
    const text = cell.trim();
    const isWord = !fromText && /^(?:true|false)$/i.test(text);
    if (isWord) number = Number(text.toLowerCase() === "true");
    else if (NUMBER.test(text)) number = Number(text);
  }
  return number !== null && Number.isFinite(Math.fround(number)) ? number : null;
}`;

/** A field for each column, and the answer. */
export const PAGE_TABLE = `// The page: a field for each column, empty for a missing value.
const place = (id) => document.getElementById(id);

function make(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

const fields = place("fields");
const readers = columns.map(({ name, type, fill, words, categories }) => {
  const label = make("label", fields, { textContent: name });
  if (type === "number") {
    const input = make("input", label, { type: "number", inputMode: "decimal", step: "any", value: fill ?? "" });
    return () => [name, input.value === "" ? null : input.valueAsNumber];
  }
  const choices = type === "boolean" ? words : categories;
  const select = make("select", label);
  make("option", select, { value: "", textContent: "not known" });
  choices.forEach((choice, i) => make("option", select, { value: String(i), textContent: String(choice) }));
  const first = type === "boolean" ? fill : choices.indexOf(fill);
  select.value = first === null || first < 0 ? "" : String(first);
  return () => [name, select.value === "" ? null : choices[Number(select.value)]];
});

function update() {
  const list = place("outputs");
  list.replaceChildren();
  try {
    const answer = predict(Object.fromEntries(readers.map((read) => read())));
    const short = (value) => String(Number(value.toPrecision(6)));
    if (classes === null) {
      place("answer").textContent = \`\${target}: \${short(answer.value)}\`;
      make("li", list, { textContent: \`Nine of ten lie between \${answer.interval.map(short).join(" and ")}\` });
    } else {
      place("answer").textContent = \`\${target}: \${answer.label}\`;
      for (const label of classes) {
        const p = answer.probabilities[String(label)];
        const item = make("li", list);
        make("span", item, { textContent: String(label) });
        make("span", item, { className: "number", textContent: \`\${(100 * p).toFixed(1)} %\` });
        make("div", make("div", item, { className: "track" })).style.width = \`\${100 * p}%\`;
      }
    }
    for (const warning of answer.warnings) make("li", list, { className: "hint", textContent: warning });
  } catch (error) {
    place("answer").textContent = error.message;
  }
}

fields.addEventListener("input", update);
update();`;
