import { readCases } from './replay/recorded'
import { runCases } from './replay/run'

/** `npm run conformance -- FILE`: replays a file of recorded cases against our client, and tells what differs. */
const main = async (file: string | undefined): Promise<void> => {
  if (!file) throw new Error('Which file of recorded cases? npm run conformance -- FILE')
  const { outcomes, notApplicable, touched } = await runCases(await readCases(file))
  const failed = outcomes.filter(({ passed }) => !passed)
  for (const { id, difference } of failed) console.log(`FAILED ${id}: ${difference}`)
  for (const [name, count] of touched) console.log(`rule: ${name}: ${count} cases`)
  console.log(`${notApplicable} not applicable`)
  console.log(`${outcomes.length - failed.length} passed, ${failed.length} failed`)
  if (failed.length > 0 || outcomes.length === 0) process.exitCode = 1
}

main(process.argv[2]).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
