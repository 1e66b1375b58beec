/** Formats numbers for people. */

/** `60,000` */
export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** `1 image`, `60,000 images` */
export function countOf(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** A share from 0 to 1: `97.81 %` */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A loss: `0.0781`, or `3.2e+9` if four decimals would be useless. */
export function loss(value: number): string {
  return Math.abs(value) < 1e5 ? value.toFixed(4) : value.toPrecision(3);
}

/** `0.9 s`, `1 min 05 s`, `2 h 03 min` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${count(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

/** Time as on a stopwatch, always rounded up: `0:07`, `12:05`, `1:02:03` */
export function clock(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const two = (n: number) => String(n % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

/** `408.2 KB` */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
