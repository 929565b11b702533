/** What an answer of the API means, and what a person can do about it. */
export interface Explanation {
  /** The beginning of a sentence: short enough for a node's status. */
  cause: string
  hint: string | undefined
}

const statuses: Record<number, [cause: string, hint: string]> = {
  401: ['The API key is missing or wrong', 'Check it in the server settings.'],
  402: ['The workspace has no credits left', 'See its plan and usage at Roboflow.'],
  403: [
    'This API key may not do that',
    'Give it the scope, or use a key of the workspace that owns the model.',
  ],
  404: ['The server does not know it', 'Check how it is spelled, and that the key belongs to its workspace.'],
  405: ['This server has no such route', 'Is it really an inference server, and is it recent enough?'],
  410: ['The server no longer offers this', 'Its documentation says what to use instead.'],
  413: ['The image is too large for the server, or for a proxy before it', 'Send a smaller one.'],
  414: ['An id or an option is too long for the server, or for a proxy before it', 'Shorten it.'],
  422: ['The server could not accept an option', 'Check the configuration.'],
  423: ['The workspace is paused', 'See its state at Roboflow.'],
  429: ['Too many requests at once', 'Send fewer, or wait.'],
  431: ['An id, an option or the key is too long for the server', 'Shorten it.'],
  500: ['The server failed', 'Its own log says why.'],
  502: ['The server, or a proxy before it, could not reach what it needs', 'Try again in a moment.'],
  503: ['The server is not ready, or cannot reach Roboflow', 'Try again in a moment.'],
  504: ['A proxy waited too long for the server', 'A first request may load a model: try again.'],
  507: ['The server is out of memory', 'Unload models that are not needed.'],
}

const knownModel = 'Check how the id is spelled (project/version), and that the key belongs to its workspace.'

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
      cause: 'The server has moved',
      hint: `If you trust the new address, set the URL to ${location}.`,
    }
  if (html)
    return {
      cause: 'A web page came back',
      hint: 'A proxy or another server answers here, not Roboflow Inference.',
    }
  if (status === 400 && typeof said === 'string' && said.startsWith('Could not load input image'))
    return {
      cause: 'The server cannot decode this image',
      hint: 'Is it damaged, or of a format other than JPEG or PNG?',
    }
  if (status === 404 && model !== undefined)
    return { cause: `The server does not know the model ${JSON.stringify(model)}`, hint: knownModel }
  const [cause, hint] = statuses[status] ?? [`The server answered ${reason || 'with an error'}`, undefined]
  return { cause, hint }
}

/** What a person can do when no answer came; `reason` is the system's error code. */
export const hintForReason = (reason: string): string | undefined => {
  if (reason === 'ECONNREFUSED')
    return 'Is the inference server running there, and is the port right (usually 9001)?'
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return 'The name is not known here: check how it is spelled, and the network.'
  if (reason === 'EHOSTUNREACH' || reason === 'ENETUNREACH')
    return 'There is no way to that address: check the network.'
  if (reason === 'UND_ERR_CONNECT_TIMEOUT')
    return 'Nothing answers at that address: check it, and the firewall.'
  if (/CERT|SELF_SIGNED|ALTNAME/.test(reason))
    return "The server's certificate is not trusted: give its CA in the TLS settings."
  // the server's own URL has been read before
  if (reason === 'ERR_INVALID_URL') return 'Is HTTP_PROXY or HTTPS_PROXY a URL, such as http://proxy:3128?'
  if (reason === 'UND_ERR_HEADERS_OVERFLOW')
    return 'The headers of its answer are too long: does a proxy before the server add to them?'
  if (/SSL|TLS|HPE_|PARSE/.test(reason)) return 'Is it http instead of https, or the other way round?'
  return undefined
}
