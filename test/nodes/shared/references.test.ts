import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import { refuseFromOutside } from '../../../nodes/shared/references'
import { resolveReference } from '../../../src/images/references'
import { paint, paintPixels } from '../../support/images'

const everywhere = { fromMessages: true, fromHttpRequests: true }
const notFromHttp = { fromMessages: true, fromHttpRequests: false }
const nowhere = { fromMessages: false, fromHttpRequests: true }

const refused = (value: unknown, msg: object, policy: typeof everywhere): boolean => {
  try {
    refuseFromOutside(resolveReference(value), msg as Record<string, unknown>, policy)
    return false
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'REFERENCE_REFUSED')
    return true
  }
}

const leadOutside = {
  'a path': '/etc/hostname',
  'a relative path': 'images/car.jpg',
  'a Windows path': 'C:\\images\\car.jpg',
  'a file URL': String(pathToFileURL('/etc/hostname')),
  'an http URL': 'http://127.0.0.1/car.jpg',
  'an https URL': 'https://127.0.0.1/car.jpg',
  'a URL object': new URL('http://127.0.0.1/car.jpg'),
}

describe('references from outside', () => {
  for (const [name, reference] of Object.entries(leadOutside)) {
    it(`accepts ${name} where both switches allow it`, () => {
      assert.equal(refused(reference, { req: {} }, everywhere), false)
      assert.equal(refused(reference, {}, notFromHttp), false)
    })

    it(`refuses ${name} where messages may bring none`, () => {
      assert.equal(refused(reference, {}, nowhere), true)
      assert.equal(refused(reference, { req: {} }, nowhere), true)
    })

    it(`refuses ${name} in a message of an http in node where the server does not allow it`, () => {
      assert.equal(refused(reference, { req: {} }, notFromHttp), true)
    })
  }

  it('never refuses the image itself', async () => {
    const jpeg = await paint(16, 12)
    const base64 = jpeg.toString('base64')
    const images = [
      jpeg,
      jpeg.toJSON(),
      base64,
      `data:image/jpeg;base64,${base64}`,
      { data: paintPixels(4, 3), width: 4, height: 3, channels: 3 },
    ]
    for (const image of images) {
      const policy = { fromMessages: false, fromHttpRequests: false }
      assert.equal(refused(image, { req: {} }, policy), false)
    }
  })

  it('says how to allow it', () => {
    const reason = (msg: object, policy: typeof everywhere) => {
      try {
        refuseFromOutside({ kind: 'path', path: '/etc/hostname' }, msg as Record<string, unknown>, policy)
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    assert.match(reason({}, nowhere), /Accept paths and URLs/)
    assert.match(reason({ req: {} }, notFromHttp), /settings of the server/)
    assert.doesNotMatch(reason({}, nowhere), /hostname/, 'a refused path is not repeated')
  })
})
