import { sentence, type Words } from './sentence'

/**
 * Everything this library throws on purpose is an `HTTPClientError`: `code` tells kinds apart (an own property, so
 * that Node-RED's Catch node sees it), `message` says in one or two sentences what happened and what to do.
 * Class names are those of the Python SDK. No error holds a `cause`: foreign errors may quote a key.
 */
export class HTTPClientError extends Error {
  readonly code: string
  /** What a person can do about it, in plain words; also part of `message`. */
  readonly hint: string | undefined
  /** What `message` is made of, for whoever shows it in another language. */
  declare readonly sentences: Words[]

  /** `details` are for those who look into it: they stand last. */
  constructor(code: string, what: Words, hint?: Words, ...details: (Words | undefined)[]) {
    const sentences = [what, hint, ...details].filter(isSaid)
    super(sentences.join(' '))
    this.name = new.target.name
    this.code = code
    this.hint = hint?.toString()
    // own and enumerable properties would stand in every debug sidebar
    Object.defineProperty(this, 'name', { enumerable: false })
    Object.defineProperty(this, 'sentences', { value: sentences })
  }

  /** Puts before the message what it is about, such as `msg.payload:`. */
  sayWhere(place: Words): void {
    this.sentences.unshift(place)
    this.message = this.sentences.join(' ')
  }

  /** What Catch nodes show: nobody there knows the class. */
  override toString(): string {
    return this.message
  }
}

/**
 * The server answered with a status of 300 or more. `apiMessage` is what it said itself: a text, or the list of
 * what was wrong (422); `N/A` where it gave JSON without a message.
 */
export class HTTPCallErrorError extends HTTPClientError {
  readonly statusCode: number
  readonly apiMessage: unknown
  readonly description: string

  constructor(facts: {
    statusCode: number
    /** What it means, as the beginning of a sentence. */
    cause: Words
    hint: Words | undefined
    apiMessage: unknown
    /** What was asked, in the words of protocols; it stands last. */
    place: string
    description: string
    code?: string
  }) {
    const { code = 'HTTP_CALL_ERROR', cause, statusCode, hint, place } = facts
    const says = said(facts.apiMessage)
    super(
      code,
      sentence`${cause} (${statusCode}).`,
      hint,
      says ? sentence`The server says: ${says}` : undefined,
      `(${place})`,
    )
    this.statusCode = facts.statusCode
    this.apiMessage = facts.apiMessage
    this.description = facts.description
  }
}

/** No answer came: refused, reset, unresolved; `reason` is the system's code, such as `ECONNREFUSED`. */
export class HTTPServerConnectionError extends HTTPClientError {
  readonly reason: string

  constructor(reason: string, what: Words, hint?: Words, code = 'SERVER_CONNECTION_ERROR') {
    super(code, what, hint)
    this.reason = reason
  }
}

/** The server did not answer in time (code `TIMEOUT`). */
export class HTTPServerTimeoutError extends HTTPServerConnectionError {
  constructor(what: Words, hint?: Words) {
    super('TIMEOUT', what, hint, 'TIMEOUT')
  }
}

/** The server answered with success, but not with what the API promises. */
export class InvalidResponseError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('INVALID_RESPONSE', what, hint)
  }
}

/** The input is none of the forms an image may have. */
export class InvalidInputFormatError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('INVALID_INPUT_FORMAT', what, hint)
  }
}

/** The input should be an image, but is damaged, of an unknown format or too large. */
export class EncodingError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('ENCODING_ERROR', what, hint)
  }
}

/** An image's URL cannot be used as it stands, or did not bring an image. */
export class InvalidURLImageInput extends HTTPClientError {
  constructor(what: Words, hint?: Words, code = 'INVALID_URL_IMAGE_INPUT') {
    super(code, what, hint)
  }
}

/** An image's URL did not bring it in time (code `IMAGE_URL_TIMEOUT`): that says nothing about the inference server. */
export class ImageURLTimeoutError extends InvalidURLImageInput {
  constructor(what: Words, hint?: Words) {
    super(what, hint, 'IMAGE_URL_TIMEOUT')
  }
}

/** An image's URL leads to an address that is never asked, such as a cloud's metadata service. */
export class URLAddressNotAllowedError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('URL_ADDRESS_NOT_ALLOWED', what, hint)
  }
}

/** A video cannot be opened, holds none, or broke off; the message has what ffmpeg said last. */
export class VideoNotReadableError extends HTTPClientError {
  constructor(what: Words, hint?: Words, code = 'VIDEO_NOT_READABLE') {
    super(code, what, hint)
  }
}

/** A camera or video gave nothing for too long (code `VIDEO_STALLED`). */
export class VideoStalledError extends VideoNotReadableError {
  constructor(what: Words, hint?: Words) {
    super(what, hint, 'VIDEO_STALLED')
  }
}

/** The program that reads videos is not there, or cannot be started. */
export class FFmpegNotFoundError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('FFMPEG_NOT_FOUND', what, hint)
  }
}

export class InvalidModelIdentifier extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('INVALID_MODEL_IDENTIFIER', what, hint)
  }
}

export class ModelNotSelectedError extends HTTPClientError {
  constructor() {
    super(
      'MODEL_NOT_SELECTED',
      sentence`No model was given.`,
      sentence`Name one as project/version, for example cars/3.`,
    )
  }
}

export class APIKeyNotProvided extends HTTPClientError {
  constructor() {
    super(
      'API_KEY_NOT_PROVIDED',
      sentence`There is no API key.`,
      sentence`API v0 needs one: give it in the server settings.`,
    )
  }
}

export class ModelNotInitializedError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('MODEL_NOT_INITIALIZED', what, hint)
  }
}

export class ModelTaskTypeNotSupportedError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('MODEL_TASK_TYPE_NOT_SUPPORTED', what, hint)
  }
}

export class WrongClientModeError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('WRONG_CLIENT_MODE', what, hint)
  }
}

/** An option has an unknown name, the wrong type or an impossible value. */
export class InvalidParameterError extends HTTPClientError {
  constructor(what: Words, hint?: Words) {
    super('INVALID_PARAMETER', what, hint)
  }
}

/** The server is too new for what is asked; `replacement` says what to use instead. */
export class FeatureDeprecatedError extends HTTPClientError {
  readonly feature: string
  /** The first version without it. */
  readonly removalRelease: string
  readonly replacement: string

  constructor(facts: { feature: string; removalRelease: string; replacement: Words; what: Words }) {
    super('FEATURE_DEPRECATED', facts.what, facts.replacement)
    this.feature = facts.feature
    this.removalRelease = facts.removalRelease
    this.replacement = String(facts.replacement)
  }
}

const isSaid = (words: Words | undefined): words is Words => words !== undefined && words !== ''

const endSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

// A proxy's page or a validation report may be long; a sentence is read in a sidebar.
const mostRead = 10_000
const mostSaid = 300

const said = (apiMessage: unknown): string => {
  if (apiMessage === undefined || apiMessage === 'N/A' || apiMessage === '') return ''
  const text = Array.isArray(apiMessage) ? apiMessage.map(complaint).join('; ') : asText(apiMessage)
  const line = text
    .slice(0, mostRead)
    // what inference servers add where there are no details
    .replace(/\. More details: None$/, '')
    .replace(/\.\. More details:/, '. More details:')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line && endSentence(line.length > mostSaid ? `${line.slice(0, mostSaid)}…` : line)
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

// FastAPI's form: {"loc": ["body", "confidence"], "msg": "Input should be a valid number"}
const complaint = (item: unknown): string => {
  const { loc, msg } = (item ?? {}) as { loc?: unknown; msg?: unknown }
  if (typeof msg !== 'string') return asText(item)
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : msg
}
