/** Where warnings about data go. */

/** Receives a warning as text. */
export type OnWarning = (message: string) => void;
