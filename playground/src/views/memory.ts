/** What the browser remembers about this page from one visit to the next. Without storage, nothing. */

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`playground.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`playground.${key}`, value);
  } catch {
    // A page without storage forgets.
  }
}
