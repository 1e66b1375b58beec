/** Makes names distinct. Knows strings only. */

/**
 * The same names, except that a repeated name gets a number: `a`, `a` become `a`, `a_2`. It is the first number from
 * 2 that makes a name not in the list. Takes linear time.
 */
export function distinctNames(names: readonly string[]): string[] {
  const given = new Set(names);
  const used = new Set<string>();
  const next = new Map<string, number>();
  return names.map((name) => {
    let own = name;
    if (used.has(name)) {
      let number = next.get(name) ?? 2;
      while (given.has(`${name}_${number}`) || used.has(`${name}_${number}`)) number++;
      next.set(name, number + 1);
      own = `${name}_${number}`;
    }
    used.add(own);
    return own;
  });
}
