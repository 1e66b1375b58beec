// @ts-check
/** Small gray pictures: as shades in a terminal, and as SVG. Values go from 0 (paper) to 1 (ink). */

const SHADES = [" ", "░", "▒", "▓", "█"];

/**
 * Lines of text, two characters a pixel so that pixels come out square.
 * @param {ArrayLike<number>} pixels
 * @param {number} width
 */
export function shades(pixels, width) {
  const rows = pixels.length / width;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const value = pixels[row * width + column];
      return SHADES[Math.min(Math.floor(value * SHADES.length), SHADES.length - 1)].repeat(2);
    }).join(""),
  );
}

/**
 * A picture with its values written into the pixels, and a line of text below.
 * @param {{ pixels: ArrayLike<number>, width: number, caption: string }} picture
 */
export function grayPicture({ pixels, width, caption }) {
  const cell = 48;
  const rows = pixels.length / width;
  const [w, h] = [width * cell, rows * cell];
  const cells = Array.from(pixels, (value, i) => {
    const [x, y] = [(i % width) * cell, Math.floor(i / width) * cell];
    const ink = Math.round(255 * (1 - value));
    const text = value > 0.5 ? "#fff" : "#24292f";
    return (
      `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="rgb(${ink},${ink},${ink})"/>` +
      `<text x="${x + cell / 2}" y="${y + cell / 2 + 4}" fill="${text}">${value.toFixed(2)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 ${w + 2} ${h + 40}" width="${w + 2}" height="${h + 40}"` +
      ` role="img" aria-label="${caption}">`,
    "<style>text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;text-anchor:middle}" +
      ".caption{font-size:15px;fill:#24292f}.page{fill:#fff}.frame{fill:none;stroke:#8c959f}" +
      "@media (prefers-color-scheme:dark){.caption{fill:#e6edf3}.page{fill:#0d1117}}</style>",
    `<rect class="page" x="-1" y="-1" width="${w + 2}" height="${h + 40}"/>`,
    ...cells,
    `<rect class="frame" width="${w}" height="${h}"/>`,
    `<text class="caption" x="${w / 2}" y="${h + 26}">${caption}</text>`,
    "</svg>",
    "",
  ].join("\n");
}
