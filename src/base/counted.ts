/** `1 row`, `3 rows`: that many, for messages. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
