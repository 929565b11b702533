import { type FrameSource, frameSource, InvalidInputFormatError, isUrl, sentence } from '../../src/index'
import type { Properties } from '../shared/evaluate'

export interface Login {
  user?: string | undefined
  password?: string | undefined
}

/** The source that the dialog describes, at this path, URL or device. Throws `InvalidInputFormatError`. */
export const sourceOf = (properties: Properties, place: string, login: Login): FrameSource => {
  if (!place)
    throw new InvalidInputFormatError(
      sentence`No source is named.`,
      sentence`Fill it in, or send it in msg.source.`,
    )
  const reading = readingOf(properties)
  switch (properties.kind) {
    case 'directory':
      return frameSource({
        kind: 'directory',
        path: place,
        extensions: extensionsOf(properties.extensions),
        watch: properties.watch === true,
        newOnly: properties.newOnly === true,
      })
    case 'stream':
      return frameSource({ kind: 'stream', url: withLogin(place, login), ...reading })
    case 'device':
      return frameSource({ kind: 'device', name: place, ...reading })
    case 'snapshot':
      return frameSource({
        kind: 'snapshot',
        url: withLogin(place, login),
        interval: reading.fps ? 1_000 / reading.fps : undefined,
        tls: properties.selfSigned === true ? anyCertificate : undefined,
      })
    default:
      return frameSource({ kind: 'file', path: isUrl(place) ? withLogin(place, login) : place, ...reading })
  }
}

// connections are kept by this very object
const anyCertificate = { rejectUnauthorized: false }

const readingOf = (properties: Properties) => ({
  ffmpegPath: String(properties.ffmpegPath ?? '') || undefined,
  fps: positive(properties.fps),
  maxWidth: positive(properties.maxWidth),
  keyFramesOnly: properties.keyFramesOnly === true,
  realTime: properties.pace === 'realTime' && properties.kind === 'file',
  loop: properties.loop === true && properties.kind === 'file',
  start: positive(properties.start),
  end: positive(properties.end),
  inputArguments: wordsOf(properties.inputArguments),
  outputArguments: wordsOf(properties.outputArguments),
})

const positive = (value: unknown): number | undefined => (Number(value) > 0 ? Number(value) : undefined)

/** Separated by blanks, except in quotes: there is no shell that would know more. */
const wordsOf = (text: unknown): string[] =>
  [...String(text ?? '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )

const usual = ['jpg', 'jpeg', 'png']

const extensionsOf = (text: unknown): string[] => {
  const found = String(text ?? '')
    .split(',')
    .map((part) => part.trim().replace(/^\*?\.?/, ''))
    .filter(Boolean)
  return found.length > 0 ? found : usual
}

/** User and password of the dialog, where the URL has none of its own. */
const withLogin = (place: string, { user, password }: Login): string => {
  if (!URL.canParse(place))
    throw new InvalidInputFormatError(sentence`This is not a valid URL.`, sentence`Check how it is spelled.`)
  const url = new URL(place)
  if (!user || url.username) return place
  url.username = user
  url.password = password ?? ''
  return url.href
}
