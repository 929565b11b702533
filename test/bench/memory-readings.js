// What the workers that measure memory have in common.

/** Bytes after everything that can be freed is freed; needs --expose-gc. */
const readMemory = async (messages) => {
  // what is freed in the background needs a moment, and may free more
  for (let pass = 0; pass < 3; pass++) {
    global.gc()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { messages, used: heapUsed + external, resident: rss }
}

/** Calls `main` with the task that this process was started for, and prints what it resolves with. */
const reportOf = (main) => {
  // whoever started this process holds its standard input
  process.stdin.on('end', () => process.exit(1)).resume()
  main(JSON.parse(process.argv[2])).then(
    (result) => process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit()),
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
}

module.exports = { readMemory, reportOf }
