/** The receiver of warnings about data. */

/** Receives a warning as text. */
export type OnWarning = (message: string) => void;
