import path from 'node:path'
import { otherDifferences } from './other-differences'
import { rules } from './rules/index'

export const differencesFile = path.join(__dirname, '../../docs/differences-from-the-python-sdk.md')

const paragraph = ({ name, reason }: { name: string; reason: string }): string => `**${name}.** ${reason}\n`

/** The page for users of the Python SDK, from the rules that its recorded calls are replayed with. */
export const differencesPage = (): string =>
  [
    '# Differences from the Python SDK\n',
    '<!-- Written by `node scripts/conformance.js --docs` from test/wire/rules/. -->\n',
    'Recorded calls of the Python SDK, `inference_sdk` 1.8.3, are replayed against this client. For the methods ' +
      'that it has, what is not listed here is the same.\n',
    '## Seen in recorded calls\n',
    ...rules.map(paragraph),
    '## Not seen in recorded calls\n',
    ...otherDifferences.map(paragraph),
  ].join('\n')
