/** The known name that is spelled most like the given one, which may be only its beginning. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const wanted = name.toLowerCase()
  const distances = known.map((candidate) => ({
    candidate,
    distance: distanceToBeginning(wanted, candidate.toLowerCase()),
  }))
  return distances.sort((a, b) => a.distance - b.distance)[0]?.candidate
}

// Letters that the known name goes on with: people shorten.
const goingOn = 0.05

// Levenshtein, one row at a time, to the beginning of the known name that fits best.
const distanceToBeginning = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return Math.min(...row.map((distance, length) => distance + (to.length - length) * goingOn))
}
