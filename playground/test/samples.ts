/** Files as people have them. */

const kinds = ['"rose, red"', "tulip", '"the ""other"" one"'];

/** Quotes, commas and quotes within them, missing cells, text to learn; petals tell the kinds apart. */
export const flowers = [
  "petals,colour,height,note,kind",
  ...Array.from({ length: 120 }, (_, i) => {
    const kind = i % 3;
    const petals = i % 17 === 0 ? "" : String([12, 6, 1][kind] + (i % 5) / 10);
    const colour = i % 11 === 0 ? "NA" : ["red", "yellow", "blue"][kind];
    return `${petals},${colour},${20 + (i % 7)},"line ${i}\nof two",${kinds[kind]}`;
  }),
].join("\n");

export const ragged = "a,b,c\n1,2,3\n4,5\n6,7,8\n";

/** 200 columns of numbers and an answer. */
export const wide = [
  [...Array.from({ length: 200 }, (_, j) => `c${j}`), "answer"].join(","),
  ...Array.from({ length: 60 }, (_, i) =>
    [...Array.from({ length: 200 }, (_, j) => ((i * 7 + j * 13) % 29) / 29), i % 2 === 0 ? "yes" : "no"].join(","),
  ),
].join("\n");

/** 40 images of 6 × 6: a bar upright or lying. */
export function digitImages(): { images: Uint8Array; labels: Uint8Array } {
  const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
  const images = Uint8Array.from({ length: 40 * 36 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6];
    return (labels[image] === 0 ? column : row) === 2 + (image % 3) ? 255 : 0;
  });
  return { images, labels };
}

/** Whole numbers that look random, the same each time. */
function* numbersFrom(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const towns = [
  ["Lake", 420_000],
  ["Hill", 260_000],
  ["Port", 330_000],
  ["Mill", 180_000],
] as const;

/** 500 houses with prices in natural units: by area, rooms, age and town, and with chance. */
export const houses = (() => {
  const random = numbersFrom(7);
  const next = () => random.next().value;
  const rows = Array.from({ length: 500 }, () => {
    const [sqm, age, [town, ground]] = [
      40 + Math.floor(160 * next()),
      Math.floor(80 * next()),
      towns[Math.floor(4 * next())],
    ];
    const rooms = Math.max(1, Math.round(sqm / 28 + 2 * next() - 1));
    const chance = (next() + next() + next() - 1.5) * 40_000;
    return [sqm, rooms, age, town, Math.round(ground + 2400 * sqm * (1 - age / 160) + 6000 * rooms + chance)];
  });
  return ["sqm,rooms,age,town,price", ...rows.map((row) => row.join(","))].join("\n");
})();

/** As the well-known file: ages with gaps, names, tickets and cabins. */
export const titanic = (() => {
  const random = numbersFrom(3);
  const next = () => random.next().value;
  const rows = Array.from({ length: 120 }, (_, i) => {
    const female = next() < 0.4;
    const kind = 1 + Math.floor(3 * next());
    const survived = next() < (female ? 0.8 : 0.2) ? 1 : 0;
    const age = next() < 0.2 ? "" : String(1 + Math.floor(70 * next()));
    const name = `"Doe, ${female ? "Mrs." : "Mr."} John ${i} (Jane)"`;
    const cabin = next() < 0.75 ? "" : `C${Math.floor(100 * next())}`;
    const port = i === 7 || i === 50 ? "" : "SCQ"[Math.floor(3 * next())];
    const fare = (5 + 90 * next()).toFixed(4);
    const ticket = `A/5 ${1000 + i}`;
    return [i + 1, survived, kind, name, female ? "female" : "male", age, ticket, fare, cabin, port].join(",");
  });
  return `PassengerId,Survived,Pclass,Name,Sex,Age,Ticket,Fare,Cabin,Embarked\n${rows.join("\n")}\n`;
})();

/** As spreadsheets in Europe write it: semicolons, decimal commas, points in thousands, dates, shares and money. */
export const european = (() => {
  const two = (number: number) => String(number).padStart(2, "0");
  const money = (value: number) => {
    const [whole, cents] = value.toFixed(2).split(".");
    return `${whole.replace(/(?<=\d)(?=(\d{3})+$)/g, ".")},${cents} €`;
  };
  const rows = Array.from({ length: 40 }, (_, i) =>
    [
      `${11 + ((i * 7) % 20)},${i % 2 === 0 ? "5" : "0"}`,
      `${10 + i} %`,
      `${two(1 + ((i * 3) % 28))}.12.2025`,
      `${1 + ((i * 11) % 40)}.000`,
      ["München", "Köln", "Zürich"][i % 3],
      money(1200.5 + 150 * i),
    ].join(";"),
  );
  return `Größe;Anteil;Datum;Stück;Ort;Preis\r\n${rows.join("\r\n")}\r\n`;
})();

/** Stars from 1 to 5 for meals. */
export const stars = [
  "price,waiting,stars",
  ...Array.from({ length: 60 }, (_, i) => `${10 + ((i * 7) % 23)},${(i * 5) % 31},${1 + ((i * 3) % 5)}`),
].join("\n");

/** Text in UTF-16, with a byte order mark, as Excel saves it. */
export function utf16(text: string, hasMark = true): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(`${hasMark ? "\ufeff" : ""}${text}`, "utf16le"));
}

/** Text in windows-1252, of which only the letters of these samples are known. */
export function windows1252(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => (character === "€" ? 0x80 : (character.codePointAt(0) ?? 0)));
}
