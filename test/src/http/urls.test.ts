import assert from 'node:assert/strict'
import { displayUrl, shortPath, withoutLastSlashes } from '../../../src/http/urls'

describe('a URL for people', () => {
  it('is without user, password, query and slashes at the end', () => {
    assert.equal(displayUrl('http://operator:hidden@nas:9001/base//?api_key=x#y'), 'http://nas:9001/base')
    assert.equal(displayUrl('http://nas/'), 'http://nas')
  })

  it('takes one pass, however many slashes it has', () => {
    const slashes = '/'.repeat(1_000_000)
    assert.ok(displayUrl(`http://nas${slashes}x`).endsWith('x'))
    assert.equal(withoutLastSlashes(`/x${slashes}`), '/x')
    assert.equal(withoutLastSlashes(slashes), '')
  }).timeout(5_000)

  it('shows the beginning of a long path', () => {
    assert.equal(shortPath('/info'), '/info')
    assert.equal(shortPath(`/${'x'.repeat(20_000)}`).length, 201)
  })
})
