import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { InvalidParameterError } from '../../errors'
import { sentence } from '../../sentence'

/**
 * Makes the directory, before anything is sent, and returns what writes the trace of the run into it, as
 * `workflow_execution_trace_<time>.json`. Throws `InvalidParameterError` where that cannot be written.
 */
export const prepareProfile = async (directory: string): Promise<(trace: unknown) => Promise<void>> => {
  const explained = (error: NodeJS.ErrnoException): never => {
    throw new InvalidParameterError(sentence`The profile cannot be written to ${directory} (${error.code}).`)
  }
  await mkdir(directory, { recursive: true }).catch(explained)
  return async (trace) => {
    const time = new Date().toISOString().replace(/[:.]/g, '-')
    const file = path.join(directory, `workflow_execution_trace_${time}.json`)
    await writeFile(file, JSON.stringify(trace ?? [])).catch(explained)
  }
}
