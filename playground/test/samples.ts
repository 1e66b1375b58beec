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
