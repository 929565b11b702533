import { type Sentence, sentence } from '../sentence'

/** What an answer of the API means, and what a person can do about it. */
export interface Explanation {
  /** The beginning of a sentence: short enough for a node's status. */
  cause: Sentence
  hint: Sentence | undefined
}

const statuses: Record<number, [cause: Sentence, hint: Sentence]> = {
  401: [sentence`The API key is missing or wrong`, sentence`Check it in the server settings.`],
  402: [sentence`The workspace has no credits left`, sentence`See its plan and usage at Roboflow.`],
  403: [
    sentence`This API key may not do that`,
    sentence`Give it the scope, or use a key of the workspace that owns the model.`,
  ],
  404: [
    sentence`The server does not know it`,
    sentence`Check how it is spelled, and that the key belongs to its workspace.`,
  ],
  405: [
    sentence`This server has no such route`,
    sentence`Is it really an inference server, and is it recent enough?`,
  ],
  410: [sentence`The server no longer offers this`, sentence`Its documentation says what to use instead.`],
  413: [
    sentence`The image is too large for the server, or for a proxy before it`,
    sentence`Send a smaller one.`,
  ],
  414: [
    sentence`An id or an option is too long for the server, or for a proxy before it`,
    sentence`Shorten it.`,
  ],
  422: [sentence`The server could not accept an option`, sentence`Check the configuration.`],
  423: [sentence`The workspace is paused`, sentence`See its state at Roboflow.`],
  429: [sentence`Too many requests at once`, sentence`Send fewer, or wait.`],
  431: [sentence`An id, an option or the key is too long for the server`, sentence`Shorten it.`],
  500: [sentence`The server failed`, sentence`Its own log says why.`],
  502: [
    sentence`The server, or a proxy before it, could not reach what it needs`,
    sentence`Try again in a moment.`,
  ],
  503: [sentence`The server is not ready, or cannot reach Roboflow`, sentence`Try again in a moment.`],
  504: [
    sentence`A proxy waited too long for the server`,
    sentence`A first request may load a model: try again.`,
  ],
  507: [sentence`The server is out of memory`, sentence`Unload models that are not needed.`],
}

const knownModel = sentence`Check how the id is spelled (project/version), and that the key belongs to its workspace.`

/** What an answer of status 300 or more means; `model` is the id that was asked about. */
export const explainStatus = (
  status: number,
  facts: {
    html: boolean
    location?: string | undefined
    said?: unknown
    model?: string | undefined
    reason?: string
  },
): Explanation => {
  const { html, location, said, model, reason } = facts
  if (status >= 300 && status < 400 && location)
    return {
      cause: sentence`The server has moved`,
      hint: sentence`If you trust the new address, set the URL to ${location}.`,
    }
  if (html)
    return {
      cause: sentence`A web page came back`,
      hint: sentence`A proxy or another server answers here, not Roboflow Inference.`,
    }
  if (status === 400 && typeof said === 'string' && said.startsWith('Could not load input image'))
    return {
      cause: sentence`The server cannot decode this image`,
      hint: sentence`Is it damaged, or of a format other than JPEG or PNG?`,
    }
  if (status === 404 && model !== undefined)
    return { cause: sentence`The server does not know the model ${JSON.stringify(model)}`, hint: knownModel }
  const [cause, hint] = statuses[status] ?? [
    reason ? sentence`The server answered ${reason}` : sentence`The server answered with an error`,
    undefined,
  ]
  return { cause, hint }
}

/** What a person can do when no answer came; `reason` is the system's error code. */
export const hintForReason = (reason: string): Sentence | undefined => {
  if (reason === 'ECONNREFUSED')
    return sentence`Is the inference server running there, and is the port right (usually 9001)?`
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return sentence`The name is not known here: check how it is spelled, and the network.`
  if (reason === 'EHOSTUNREACH' || reason === 'ENETUNREACH')
    return sentence`There is no way to that address: check the network.`
  if (reason === 'UND_ERR_CONNECT_TIMEOUT')
    return sentence`Nothing answers at that address: check it, and the firewall.`
  if (/CERT|SELF_SIGNED|ALTNAME/.test(reason))
    return sentence`The server's certificate is not trusted: give its CA in the TLS settings.`
  // the server's own URL has been read before
  if (reason === 'ERR_INVALID_URL')
    return sentence`Is HTTP_PROXY or HTTPS_PROXY a URL, such as http://proxy:3128?`
  if (reason === 'UND_ERR_HEADERS_OVERFLOW')
    return sentence`The headers of its answer are too long: does a proxy before the server add to them?`
  if (/SSL|TLS|HPE_|PARSE/.test(reason)) return sentence`Is it http instead of https, or the other way round?`
  return undefined
}
