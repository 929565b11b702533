import { lookup } from 'node:dns/promises'
import { unlessAborted } from '../concurrency/abort'
import { InvalidInputFormatError, URLAddressNotAllowedError } from '../errors'
import { bareHost, isMetadataAddress } from '../http/addresses'
import { redact } from '../http/redaction'
import { decoded } from '../http/urls'
import { sentence, type Words } from '../sentence'

/** A video as ffmpeg takes it. */
export interface VideoSource {
  /** What comes before all other arguments. */
  input: string[]
  /** What it is called in errors: no user, password or query. */
  name: string
  /** What to look at when it cannot be read. */
  hint: Words
  /** Takes out of a text what nobody should see of the source. */
  hide(text: string): string
}

// What ffmpeg may open besides the source itself: a playlist from the network must not reach for local files.
const protocolsOfFiles = 'file,crypto,data'
const protocolsOfUrls = 'http,https,httpproxy,tls,tcp,udp,rtp,srtp,rtmp,rtmps,rtmpt,rtmpts,srt,crypto,data'
const schemes = new Set(
  'http: https: rtsp: rtsps: rtmp: rtmps: rtmpt: rtmpts: rtp: udp: tcp: srt:'.split(' '),
)

/** A path is never taken for an option or another protocol, whatever it looks like. */
export const fileSource = (path: string): VideoSource => {
  const file = `file:${path}`
  return {
    input: ['-protocol_whitelist', protocolsOfFiles, '-i', file],
    name: JSON.stringify(path),
    hint: sentence`Is it a video, and whole?`,
    hide: (text) => text.replaceAll(`${file}: `, '').replaceAll(file, path),
  }
}

const captures: Partial<Record<NodeJS.Platform, (name: string) => string[]>> = {
  win32: (name) => ['-f', 'dshow', '-i', `video=${name}`],
  darwin: (name) => ['-f', 'avfoundation', '-i', name],
}

/** A camera of this machine, by the name that its system has for it. */
export const deviceSource = (name: string, platform: NodeJS.Platform = process.platform): VideoSource => ({
  input: captures[platform]?.(name) ?? ['-f', 'v4l2', '-i', name],
  name: JSON.stringify(name),
  hint: sentence`Is it plugged in, and may Node-RED use it (on Linux: is its user in the group video)?`,
  hide: (text) => text,
})

/** Throws for what is no address of a video, or of a cloud's metadata service. */
export const urlSource = async (text: string, signal?: AbortSignal): Promise<VideoSource> => {
  const url = parse(text)
  await unlessAborted(refuseMetadata(url), signal)
  const isRtsp = /^rtsps?:$/.test(url.protocol)
  const name = `${url.protocol}//${url.host}${url.pathname}`
  const secrets = [url.password, decoded(url.password)]
  return {
    // over UDP, lost packets become grey images
    input: [
      ...(isRtsp ? ['-rtsp_transport', 'tcp'] : []),
      '-protocol_whitelist',
      protocolsOfUrls,
      '-i',
      text,
    ],
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
  if (schemes.has(url.protocol)) return url
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
