import assert from 'node:assert/strict'
import { migrated, versionOf } from '../../../nodes/shared/migrations'
import { editorDefinitions, nodeFolders } from '../../package/editor-definitions'

const steps = {
  'roboflow-test': [
    ({ old, ...properties }: Record<string, unknown>) => ({ ...properties, renamed: old }),
    ({ renamed, ...properties }: Record<string, unknown>) => ({ ...properties, renamed: [renamed] }),
  ],
}

describe('flows saved by earlier versions', () => {
  it('are brought up step by step, from the version that saved them', () => {
    assert.deepEqual(migrated('roboflow-test', { version: 1, old: 'x' }, steps), {
      version: 1,
      renamed: ['x'],
    })
    assert.deepEqual(migrated('roboflow-test', { version: 2, renamed: 'x' }, steps), {
      version: 2,
      renamed: ['x'],
    })
    assert.deepEqual(migrated('roboflow-test', { version: 3, renamed: ['x'] }, steps), {
      version: 3,
      renamed: ['x'],
    })
  })

  it('are of version 1 where they name none', () => {
    assert.deepEqual(migrated('roboflow-test', { old: 'x' }, steps), { renamed: ['x'] })
  })

  it('are left alone where nothing has changed, or a later version saved them', () => {
    const properties = { version: 9, other: 1 }
    assert.equal(migrated('roboflow-test', properties, steps), properties)
    assert.equal(migrated('roboflow-other', properties, steps), properties)
  })

  for (const folder of nodeFolders) {
    it(`name the newest version of ${folder}`, () => {
      const type = `roboflow-${folder}`
      const definition = editorDefinitions(folder).get(type)
      assert.equal(definition?.defaults.version?.value, versionOf(type))
    })
  }
})
