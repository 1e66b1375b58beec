/** Colours of classes and values, the same in both themes; distinct for all kinds of colour vision (Okabe and Ito). */

export type Rgb = readonly [red: number, green: number, blue: number];

const CLASSES: readonly Rgb[] = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
  [120, 94, 40],
  [110, 64, 170],
  [190, 30, 60],
  [90, 90, 90],
  // Beyond ten, names tell classes apart; these differ in hue or lightness from those before.
  [0, 60, 100],
  [250, 165, 115],
  [0, 95, 70],
  [130, 45, 95],
  [150, 125, 0],
  [125, 135, 215],
  [185, 155, 105],
  [195, 160, 235],
  [235, 120, 135],
  [165, 165, 165],
];

/** Colour of a class; colours repeat after twenty. */
export function classColor(index: number): Rgb {
  return CLASSES[index % CLASSES.length];
}

export const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

/** From the paper's colour (0) to `color` (1). */
export function fade(color: Rgb, share: number, paper: Rgb): Rgb {
  const mix = (to: number, from: number) => Math.round(from + (to - from) * Math.min(Math.max(share, 0), 1));
  return [mix(color[0], paper[0]), mix(color[1], paper[1]), mix(color[2], paper[2])];
}

/** Grounds of two areas, by hue and by lightness: their luminances differ by 3:1, for grey prints and weak projectors. */
const GROUNDS = {
  light: [
    [0, 104, 168],
    [255, 193, 128],
  ],
  dark: [
    [0, 84, 146],
    [240, 160, 90],
  ],
} as const satisfies Record<string, readonly [Rgb, Rgb]>;

/** The ground of a surely negative value, and of a surely positive one. */
export function groundsOn(paper: Rgb): readonly [negative: Rgb, positive: Rgb] {
  return GROUNDS[paper[0] < 128 ? "dark" : "light"];
}

/** -1 as the ground of the first class, +1 as that of the second, 0 as paper. */
export function signedColor(value: number, paper: Rgb): Rgb {
  return fade(groundsOn(paper)[value < 0 ? 0 : 1], Math.abs(value), paper);
}

/** Ratio of two luminances, from 1 to 21, as WCAG 2 defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Colours of the background of pictures. */
export function paperColor(isDark: boolean): Rgb {
  return isDark ? [27, 30, 36] : [255, 255, 255];
}

/** Steps of a ramp. */
const STEPS = 256;
const ramps = new Map<string, Uint32Array>();

/** Pixels from the paper's colour to `color` in 256 steps, as the words of an ImageData; made once. */
export function rampOf(color: Rgb, paper: Rgb): Uint32Array {
  const key = `${color}/${paper}`;
  let ramp = ramps.get(key);
  if (!ramp) {
    const bytes = Uint8ClampedArray.from({ length: 4 * STEPS }, (_, i) =>
      i % 4 === 3 ? 255 : fade(color, (i >> 2) / (STEPS - 1), paper)[i % 4],
    );
    ramp = new Uint32Array(bytes.buffer);
    ramps.set(key, ramp);
  }
  return ramp;
}

/** The pixel of a ramp at `share`, from 0 to 1; values beyond are clamped. */
export function pixelOf(ramp: Uint32Array, share: number): number {
  return ramp[Math.min(STEPS - 1, Math.max(0, Math.round(share * (STEPS - 1))))];
}
