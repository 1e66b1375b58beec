/** Probabilities of classes as bars with numbers. */

interface Props {
  readonly names: readonly string[];
  /** One for each name, or `null` while not known. */
  readonly shares: readonly number[] | null;
}

export function Bars({ names, shares }: Props) {
  const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
  return (
    <ol class="bars" data-testid="probabilities" aria-label="Probability of each class">
      {names.map((name, i) => (
        <li key={name} class={i === best ? "best" : ""}>
          <span>{name}</span>
          <meter min={0} max={1} value={shares?.[i] ?? 0} aria-label={`Probability of ${name}`} />
          <span class="number">{shares ? shares[i].toFixed(2) : "–"}</span>
        </li>
      ))}
    </ol>
  );
}
