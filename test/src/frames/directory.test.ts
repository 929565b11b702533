import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { filesIn } from '../../../src/frames/directory'
import { failureOf } from '../failure'

describe('the files of a directory', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'directory-'))
    const names = 'b.jpg a.PNG archive.jpg.png c.jpeg notes.txt jpg .jpg .hidden.jpg end.jpg. d.tar.gz'
    for (const name of names.split(' ')) writeFileSync(path.join(folder, name), '')
    mkdirSync(path.join(folder, 'folder.jpg'))
    writeFileSync(path.join(folder, 'folder.jpg', 'inner.jpg'), '')
    symlinkSync(path.join(folder, 'b.jpg'), path.join(folder, 'z.jpg'))
    symlinkSync(path.join(folder, 'folder.jpg'), path.join(folder, 'y.jpg'))
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'x.jpg'))
  })

  after(() => rmSync(folder, { recursive: true }))

  const names = async (extensions: string[] | null) =>
    (await filesIn(folder, extensions)).map((file) => {
      assert.equal(path.posix.dirname(file), folder)
      return path.posix.basename(file)
    })

  it('are those with the ending, sorted by name, and files or links to files', async () => {
    assert.deepEqual(await names(['jpg']), ['.hidden.jpg', 'b.jpg', 'z.jpg'])
  })

  it('are found whatever case and dot are written', async () => {
    assert.deepEqual(await names(['.PnG']), ['a.PNG', 'archive.jpg.png'])
  })

  it('are found by several endings, each once', async () => {
    assert.deepEqual(await names(['jpeg', 'png', 'PNG']), ['a.PNG', 'archive.jpg.png', 'c.jpeg'])
  })

  it('are found by an ending of several pieces', async () => {
    assert.deepEqual(await names(['jpg.png', '.tar.gz']), ['archive.jpg.png', 'd.tar.gz'])
  })

  it('are none when there are no endings', async () => {
    for (const none of [[], [''], ['.']]) assert.deepEqual(await names(none), [])
  })

  it('are all with null', async () => {
    const all = await names(null)
    assert.equal(all.length, 11)
    assert.ok(all.includes('jpg') && all.includes('end.jpg.') && !all.includes('folder.jpg'))
  })

  it('keep the path as it was given', async () => {
    const given = path.relative('.', folder)
    assert.deepEqual(await filesIn(`${given}//`, ['jpeg']), [`${given}/c.jpeg`])
    assert.deepEqual(await filesIn(`./${given}/../${path.basename(folder)}`, ['jpeg']), [
      `./${given}/../${path.basename(folder)}/c.jpeg`,
    ])
  })

  it('cannot be read where there is no directory', async () => {
    const { code, message } = await failureOf(filesIn(path.join(folder, 'nowhere'), null))
    assert.equal(code, 'INVALID_INPUT_FORMAT')
    assert.match(message, /ENOENT/)
  })
})
