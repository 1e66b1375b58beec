/** Style and script of generated pages. The script stands after the module of the model, whose names it uses. */

export const PAGE_STYLE = `  :root {
    color-scheme: light dark;
    --ground: #ffffff; --text: #1b1f24; --soft: #57606a; --line: #8c959f; --fill: #2f6fde; --track: #eaeef2;
    font: 16px/1.5 system-ui, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #14181d; --text: #e6edf3; --soft: #9ea7b3; --line: #6e7681; --fill: #6ea8fe; --track: #262c36; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--text); }
  main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
  h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
  h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
  .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1.5rem; }
  .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem; align-items: end; }
  label { display: block; color: var(--soft); overflow-wrap: anywhere; }
  input, select, textarea, button {
    font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .4rem;
    padding: .4rem .6rem; width: 100%;
  }
  textarea { min-height: 12rem; }
  button { width: auto; cursor: pointer; margin-top: .75rem; }
  canvas {
    display: block; width: min(100%, 20rem); image-rendering: pixelated; touch-action: none; cursor: crosshair;
    border: 1px solid var(--line); border-radius: .4rem; background: #000;
  }
  :focus-visible { outline: 3px solid var(--fill); outline-offset: 2px; }
  .answer { font-size: 1.4rem; font-weight: 600; margin: 0 0 .75rem; min-height: 2.1rem; overflow-wrap: anywhere; }
  .outputs { list-style: none; margin: 0; padding: 0; }
  .outputs li { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: 1rem; margin-bottom: .5rem; }
  .outputs span { overflow-wrap: anywhere; }
  .outputs .number { font-variant-numeric: tabular-nums; }
  .track { grid-column: 1 / -1; height: .6rem; border-radius: .3rem; background: var(--track); overflow: hidden; }
  .track div { height: 100%; background: var(--fill); }
  .hint { color: var(--soft); margin: .5rem 0 0; }`;

/** Shows the outputs for a row, or what is wrong with it. */
const SHOW = `// The page. It begins with SETUP, which says what the model takes and gives.
const place = (id) => document.getElementById(id);

function make(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

/** The names and values of the outputs; a single probability is that of the second of two classes. */
function namedOutputs(values) {
  const all = SETUP.isYesOrNo && SETUP.areShares ? [1 - values[0], values[0]] : values;
  const names = classes?.length === all.length ? classes : null;
  const own = (i) => (SETUP.areClasses && all.length > 1 ? String(i) : \`Output \${i}\`);
  return all.map((value, i) => [names ? String(names[i]) : own(i), value]);
}

function show(row) {
  const list = place("outputs");
  try {
    const outputs = namedOutputs(predict(row));
    place("answer").textContent = SETUP.answer(row, outputs);
    list.replaceChildren();
    for (const [name, value] of outputs) {
      const item = make("li", list);
      make("span", item, { textContent: name });
      const number = SETUP.areShares ? \`\${(100 * value).toFixed(1)} %\` : String(Number(value.toPrecision(6)));
      make("span", item, { className: "number", textContent: number });
      if (SETUP.areShares) make("div", make("div", item, { className: "track" })).style.width = \`\${100 * value}%\`;
    }
  } catch (error) {
    place("answer").textContent = error.message;
    list.replaceChildren();
  }
}`;

/** A field for each input, or one for all where there are many. */
export const PAGE_FORM = `${SHOW}

const names = features ?? Array.from({ length: inputs }, (_, i) => \`Input \${i}\`);
const fields = place("fields");

if (inputs > 60) {
  const label = make("label", fields, { textContent: \`\${inputs} numbers, with commas or blanks between them\` });
  const area = make("textarea", label, { value: SETUP.first.join(", "), spellcheck: false });
  const update = () => show(area.value.split(/[\\s,;]+/).filter((word) => word !== "").map(Number));
  area.addEventListener("input", update);
  update();
} else {
  const own = names.map((name, i) => {
    const label = make("label", fields, { textContent: name });
    return make("input", label, { type: "number", inputMode: "decimal", value: SETUP.first[i], ...SETUP.range });
  });
  const update = () => show(own.map((field) => field.valueAsNumber));
  fields.addEventListener("input", update);
  update();
}`;

/** A field to draw on with mouse, finger, pen or keys. */
export const PAGE_PAD = `${SHOW}

const { width, height, maximum, isCentred } = SETUP;
const pad = place("pad");
const context = pad.getContext("2d");
const ink = new Float32Array(width * height);
const cursor = { x: Math.floor(width / 2), y: Math.floor(height / 2) };

/** Draws a soft dot; the pen is about a fourteenth of the width. */
function dot(x, y) {
  const radius = Math.max(1, width / 20);
  for (let row = Math.max(0, Math.floor(y - radius - 1)); row < Math.min(height, y + radius + 1); row++) {
    for (let column = Math.max(0, Math.floor(x - radius - 1)); column < Math.min(width, x + radius + 1); column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const at = row * width + column;
      ink[at] = Math.max(ink[at], Math.min(1, Math.max(0, radius + 0.5 - distance)));
    }
  }
}

function stroke(from, to) {
  const steps = Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)) || 1;
  for (let i = 0; i <= steps; i++) dot(from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
}

/** The drawing as the row of the model, moved so that its centre of mass is in the middle. */
function rowOf() {
  let [sum, x, y] = [0, 0, 0];
  ink.forEach((value, at) => {
    sum += value;
    x += value * (at % width);
    y += value * Math.floor(at / width);
  });
  const [right, down] = isCentred && sum > 0 ? [(width - 1) / 2 - x / sum, (height - 1) / 2 - y / sum].map(Math.round) : [0, 0];
  return Array.from(ink, (_, at) => {
    const [column, row] = [(at % width) - right, Math.floor(at / width) - down];
    const isInside = column >= 0 && column < width && row >= 0 && row < height;
    return isInside ? ink[row * width + column] * maximum : 0;
  });
}

function paint(hasCursor = false) {
  const image = context.createImageData(width, height);
  ink.forEach((value, at) => image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * at));
  context.putImageData(image, 0, 0);
  if (hasCursor) {
    context.fillStyle = "#6ea8fe";
    context.fillRect(cursor.x, cursor.y, 1, 1);
  }
}

function update(hasCursor) {
  paint(hasCursor);
  if (ink.some((value) => value > 0)) return show(rowOf());
  place("answer").textContent = "Draw something.";
  place("outputs").replaceChildren();
}

function clear() {
  ink.fill(0);
  update();
}

let last = null;
const pointOf = (event) => {
  const box = pad.getBoundingClientRect();
  return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height };
};
pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  last = pointOf(event);
  stroke(last, last);
  update();
});
pad.addEventListener("pointermove", (event) => {
  if (!last) return;
  const next = pointOf(event);
  stroke(last, next);
  last = next;
  update();
});
for (const name of ["pointerup", "pointercancel"]) {
  pad.addEventListener(name, () => {
    last = null;
  });
}

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", (event) => {
  const move = KEYS[event.key];
  if (event.key === "Delete" || event.key === "Backspace") clear();
  else if (move) {
    const from = { x: cursor.x + 0.5, y: cursor.y + 0.5 };
    cursor.x = Math.min(width - 1, Math.max(0, cursor.x + move[0]));
    cursor.y = Math.min(height - 1, Math.max(0, cursor.y + move[1]));
    if (event.shiftKey) stroke(from, { x: cursor.x + 0.5, y: cursor.y + 0.5 });
  } else if (event.key === " ") dot(cursor.x + 0.5, cursor.y + 0.5);
  else return;
  event.preventDefault();
  update(true);
});
pad.addEventListener("focus", () => paint(pad.matches(":focus-visible")));
pad.addEventListener("blur", () => paint());
place("clear").addEventListener("click", clear);
clear();`;
