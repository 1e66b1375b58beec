/** Downloads of files from the page. */

export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Pixels of the picture per pixel of the page. */
const SHARPNESS = 2;

/** SVG text as PNG. @throws Error if the browser cannot draw it. */
export async function svgToPng(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error("This browser cannot turn the picture into a PNG. Take the SVG."));
      image.src = url;
    });
    return await toPng(image.width * SHARPNESS, image.height * SHARPNESS, (context, width, height) =>
      context.drawImage(image, 0, 0, width, height),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The plane as shown, including points. @throws Error if the page shows none. */
export async function planePng(): Promise<Blob> {
  const layers = [...document.querySelectorAll<HTMLCanvasElement>(".plane canvas")];
  const sharpest = layers[layers.length - 1];
  if (!sharpest) throw new Error("There is no plane to take a picture of.");
  return toPng(sharpest.width, sharpest.height, (context, width, height) => {
    for (const layer of layers) context.drawImage(layer, 0, 0, width, height);
  });
}

type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

async function toPng(width: number, height: number, draw: Draw): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context) draw(context, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) return blob;
  throw new Error("This browser could not make a PNG.");
}
