import assert from 'node:assert/strict'
import { modeOf } from '../../src/client/shared/client-mode'
import { packedPackage } from './packed'
import { sharedScript } from './shared-rows'

describe('the dialogs, asked whether a URL is hosted', function () {
  this.timeout(120_000)
  let isHosted: (url: string) => boolean
  before(async () => {
    isHosted = sharedScript(await packedPackage()).isHosted
  })

  it('say the same as the client', () => {
    const hosts = ['com', 'eu', 'one']
      .flatMap((end) => [`roboflow.${end}`, `roboflow-eu.${end}`])
      .flatMap((host) => [host, `serverless.${host}`, `evil${host}`, `${host}.example`, host.toUpperCase()])
    for (const host of [
      ...hosts,
      'localhost:9001',
      'serverless.roboflow.com:443',
      'user:pw@infer.roboflow.com',
    ]) {
      for (const url of [`https://${host}`, `http://${host}/some/path?to=roboflow.com#there`]) {
        assert.equal(isHosted(url), modeOf(new URL(url)) === 'v0', url)
      }
    }
  })

  it('take what is no URL yet for none', () => {
    for (const text of ['', 'https:', 'roboflow.com']) assert.equal(isHosted(text), false)
  })
})
