import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Row, rules } from './rules/index'

// What the SDK does with each value of some inputs: recorded, too.
const tables = JSON.parse(readFileSync(path.join(__dirname, 'tables.json'), 'utf8')) as Record<string, Row>

/** A table that is one object. */
export const tableOf = (name: string): Row => tables[name] ?? {}

/** The rows of a table as they are expected of our client: as recorded, changed by the rules. */
export const rowsOf = (name: string, onTouch?: (rule: string) => void): Row[] =>
  [tableOf(name)].flat().map((recorded) => {
    let row = recorded
    for (const rule of rules) {
      const changed = rule.rows?.[name]?.(row) ?? row
      if (JSON.stringify(changed) !== JSON.stringify(row)) onTouch?.(rule.name)
      row = changed
    }
    return row
  })

/** How many rows of all tables each rule changes. */
export const touchedRows = (): Map<string, number> => {
  const touched = new Map<string, number>()
  for (const name of Object.keys(tables)) {
    rowsOf(name, (rule) => touched.set(rule, (touched.get(rule) ?? 0) + 1))
  }
  return touched
}
