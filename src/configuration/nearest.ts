const longest = 60

/**
 * The known name that is probably meant by the given one: spelled almost like it, or begun like it. None where that
 * would be far-fetched.
 */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  // the time it takes grows with the length, and nobody mistypes as much
  if (name.length > longest) return undefined
  const wanted = name.toLowerCase()
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of known) {
    const { mistakes, missing } = compare(wanted, candidate.toLowerCase())
    // a short name that goes on is begun like many
    if (mistakes > wanted.length / 4 || (missing > 0 && wanted.length < 3)) continue
    const distance = mistakes + missing * goingOn
    if (!best || distance < best.distance) best = { candidate, distance }
  }
  return best?.candidate
}

/** Letters that the known name goes on with count little: people shorten. */
const goingOn = 0.05

/** Levenshtein, one row at a time, to the beginning of the known name that fits best. */
const compare = (from: string, to: string): { mistakes: number; missing: number } => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  const fits = row.map((mistakes, length) => ({ mistakes, missing: to.length - length }))
  const weigh = (fit: { mistakes: number; missing: number }) => fit.mistakes + fit.missing * goingOn
  return fits.reduce((best, fit) => (weigh(fit) < weigh(best) ? fit : best))
}
