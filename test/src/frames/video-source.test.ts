import assert from 'node:assert/strict'
import { deviceSource, fileSource, urlSource } from '../../../src/frames/video-source'
import { isUrl } from '../../../src/http/urls'
import { failureOf } from '../failure'

describe('a video source', () => {
  it('is a file that is taken for nothing else', () => {
    for (const path of ['-i', 'concat:a|b', 'http:x', 'a b.mp4']) {
      const { input, options } = fileSource(path)
      assert.deepEqual(input, ['-i', `file:${path}`])
      assert.deepEqual(options, ['-protocol_whitelist', 'file,crypto,data'])
    }
  })

  it('is a URL that cannot reach for files', async () => {
    for (const scheme of 'http https rtsp rtsps rtmp rtmps rtmpt rtmpts rtp udp tcp srt'.split(' ')) {
      const { options } = await urlSource(`${scheme}://127.0.0.1/live.m3u8`)
      const protocols = options[options.indexOf('-protocol_whitelist') + 1]?.split(',') ?? []
      assert.ok(protocols.includes(scheme.startsWith('rtsp') ? 'rtp' : scheme), `${scheme}: ${protocols}`)
      for (const odd of ['file', 'pipe', 'concat', 'subfile', 'fd']) assert.ok(!protocols.includes(odd))
    }
  })

  it('is a camera of this machine, as each system calls it', () => {
    const opened = (platform: NodeJS.Platform, name: string) => {
      const { options, input } = deviceSource(name, platform)
      return [...options, ...input].join(' ')
    }
    assert.equal(opened('linux', '/dev/video0'), '-f v4l2 -i /dev/video0')
    assert.equal(opened('darwin', '0'), '-f avfoundation -i 0')
    assert.equal(opened('win32', 'USB Camera'), '-f dshow -i video=USB Camera')
  })

  it('is read over TCP where it is RTSP', async () => {
    assert.deepEqual((await urlSource('rtsp://127.0.0.1/1')).options.slice(0, 2), ['-rtsp_transport', 'tcp'])
  })

  it('is a URL with two letters before its colon', () => {
    assert.ok(isUrl('rtsp://camera/1') && isUrl('HTTP://x/y'))
    assert.ok(!isUrl('C:\\videos\\a.mp4') && !isUrl('c://a.mp4') && !isUrl('a/b.mp4') && !isUrl('http:a'))
  })

  it('shows no user, password or query', async () => {
    const urls = [
      'rtsp://us:s3cret@127.0.0.1:1/a?token=t0ken',
      'http://us:s3c%72et@127.0.0.1:1/a?token=t0ken',
    ]
    for (const url of urls) {
      const { name, hide } = await urlSource(url)
      const told = `${name} ${hide(`${url}: refused`)} ${hide(`[tcp] ${url}?x=t0ken failed for s3cret`)} ${hide(new URL(url).password)}`
      assert.doesNotMatch(told, /us:|s3c|t0ken/)
      assert.match(told, /127\.0\.0\.1:1\/a/)
      assert.equal(hide(`${url}: Connection refused`), 'Connection refused')
    }
    const redirected = (await urlSource('http://127.0.0.1/a')).hide('http://a:b@c/d?e=f: 404 Not Found')
    assert.equal(redirected, 'http://***@c/d 404 Not Found')
  })

  it('is no address of other kinds', async () => {
    for (const odd of ['ftp://a/b', 'concat://a', 'gopher://a/b', 'http://'])
      assert.equal((await failureOf(urlSource(odd))).code, 'INVALID_INPUT_FORMAT')
  })

  it("is no cloud's metadata service", async () => {
    for (const url of ['http://169.254.169.254/x', 'rtsp://[fd00:ec2::254]/x', 'rtsp://2852039166/x'])
      assert.equal((await failureOf(urlSource(url))).code, 'URL_ADDRESS_NOT_ALLOWED')
  })

  it('is not waited for once the signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    assert.equal((await failureOf(urlSource('http://127.0.0.1/', signal))).message, 'enough')
  })
})
