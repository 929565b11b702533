import type { Properties } from './evaluate'

/** Turns the properties of one version into those of the next. */
type Migration = (properties: Properties) => Properties

/**
 * What became of the properties of each type of node since its version 1, one step a version. A node's html names the
 * newest version in its defaults: a step is added here together with a higher number there.
 */
const migrations: Record<string, readonly Migration[]> = {}

/** The properties of a node that any version has saved, as the newest one would have saved them. */
export const migrated = (type: string, properties: Properties, steps = migrations): Properties => {
  const version = Number(properties.version) || 1
  return (steps[type] ?? []).slice(version - 1).reduce((saved, migrate) => migrate(saved), properties)
}

/** The newest version of a type of node. */
export const versionOf = (type: string, steps = migrations): number => 1 + (steps[type]?.length ?? 0)
