import { lookup } from 'node:dns/promises'
import { unlessAborted } from '../concurrency/abort'
import { InvalidInputFormatError, URLAddressNotAllowedError } from '../errors'
import { bareHost, isMetadataAddress } from '../http/addresses'
import { redact } from '../http/redaction'
import { decoded } from '../http/urls'
import { sentence, type Words } from '../sentence'

/** A video as ffmpeg takes it. */
export interface VideoSource {
  /** How it is opened; arguments of the user come after these, and win. */
  options: string[]
  input: string[]
  /** Of a URL, such as `rtsp`. */
  scheme?: string
  /** What it is called in errors: no user, password or query. */
  name: string
  /** What to look at when it cannot be read. */
  hint: Words
  /** Takes out of a text what nobody should see of the source. */
  hide(text: string): string
}

// What ffmpeg may open besides the source itself: a playlist from the network must not reach for local files.
const protocolsOfFiles = 'file,crypto,data'
const overHttp = 'http,https,httpproxy,tls,tcp'
const protocols: Record<string, string> = {
  http: `${overHttp},crypto,data`,
  rtsp: `${overHttp},udp,rtp,srtp`,
  rtmp: `${overHttp},rtmp,rtmps,rtmpt,rtmpts`,
  rtp: 'rtp,udp',
  udp: 'udp',
  tcp: 'tcp',
  srt: 'srt',
}
const families: Record<string, string> = {
  https: 'http',
  rtsps: 'rtsp',
  rtmps: 'rtmp',
  rtmpt: 'rtmp',
  rtmpts: 'rtmp',
}

/** A path is never taken for an option or another protocol, whatever it looks like. */
export const fileSource = (path: string): VideoSource => {
  const file = `file:${path}`
  return {
    options: ['-protocol_whitelist', protocolsOfFiles],
    input: ['-i', file],
    name: JSON.stringify(path),
    hint: sentence`Is it a video, and whole?`,
    hide: (text) => text.replaceAll(`${file}: `, '').replaceAll(file, path),
  }
}

const captures: Partial<Record<NodeJS.Platform, string>> = { win32: 'dshow', darwin: 'avfoundation' }

/** A camera of this machine, by the name that its system has for it. */
export const deviceSource = (name: string, platform: NodeJS.Platform = process.platform): VideoSource => ({
  options: ['-f', captures[platform] ?? 'v4l2'],
  input: ['-i', platform === 'win32' ? `video=${name}` : name],
  name: JSON.stringify(name),
  hint: sentence`Is it plugged in, and may Node-RED use it (on Linux: is its user in the group video)?`,
  hide: (text) => text,
})

/** Throws for what is no address of a video, or of a cloud's metadata service. */
export const urlSource = async (text: string, signal?: AbortSignal): Promise<VideoSource> => {
  const url = parse(text)
  await unlessAborted(refuseMetadata(url), signal)
  const scheme = url.protocol.slice(0, -1)
  const family = families[scheme] ?? scheme
  const name = `${url.protocol}//${url.host}${url.pathname}`
  const secrets = [url.password, decoded(url.password)]
  return {
    // over UDP, lost packets become grey images
    options: [
      ...(family === 'rtsp' ? ['-rtsp_transport', 'tcp'] : []),
      ...['-protocol_whitelist', protocols[family] ?? ''],
    ],
    input: ['-i', text],
    scheme,
    name,
    hint: sentence`Check the address, and user and password where it needs them.`,
    hide: (said) =>
      redact(
        said
          .replaceAll(text, name)
          .replaceAll(`${name}: `, '')
          .replace(/\/\/[^\s/]*@/g, '//***@')
          .replace(/(:\/\/[^\s?]*)\?\S*/g, '$1'),
        secrets,
      ),
  }
}

const parse = (text: string): URL => {
  if (!URL.canParse(text))
    throw new InvalidInputFormatError(sentence`This is not a valid URL.`, sentence`Check how it is spelled.`)
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  if (Object.hasOwn(protocols, scheme) || Object.hasOwn(families, scheme)) return url
  throw new InvalidInputFormatError(
    sentence`A video cannot be read from ${url.protocol}// addresses.`,
    sentence`Use http, https, rtsp or rtmp.`,
  )
}

// ffmpeg resolves the name again, and follows redirects: this keeps honest people out of trouble, no more.
const refuseMetadata = async (url: URL): Promise<void> => {
  const addresses = await lookup(bareHost(url), { all: true }).catch(() => [])
  const forbidden = addresses.find(({ address }) => isMetadataAddress(address))
  if (!forbidden) return
  throw new URLAddressNotAllowedError(
    sentence`${forbidden.address} is the address of a cloud's metadata service: no video is read from there.`,
  )
}
