/** The known name that is spelled most like the given one. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const wanted = name.toLowerCase()
  const distances = known.map((candidate) => ({
    candidate,
    distance: editDistance(wanted, candidate.toLowerCase()),
  }))
  return distances.sort((a, b) => a.distance - b.distance)[0]?.candidate
}

// Levenshtein, one row at a time; letters that the known name has more cost little: people shorten.
const missing = 0.3

const editDistance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index * missing)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + missing))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
