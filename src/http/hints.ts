const statusHints: Record<number, string> = {
  401: 'The API key is missing or wrong: check it in the server settings.',
  402: 'The workspace has no credits left: see its plan and usage at Roboflow.',
  403: 'This API key may not do that: give it the scope, or use a key of the workspace that owns the model.',
  404: 'The server does not know it: check how the id is spelled (project/version) and that the key belongs to its workspace.',
  405: 'This server has no such route: is it really an inference server, and is it recent enough?',
  410: 'The server no longer offers this.',
  413: 'The image is too large for the server or a proxy before it: send a smaller one.',
  414: 'An id or an option is too long for the server, or for a proxy before it.',
  422: 'The server could not accept an option: check the configuration.',
  423: 'The workspace is paused: see its state at Roboflow.',
  429: 'Too many requests at once: send fewer, or wait.',
  431: 'An id, an option or the key is too long for the server, or for a proxy before it.',
  500: 'The server failed: its own log says why.',
  502: 'The server, or a proxy before it, could not reach what it needs.',
  503: 'The server is not ready, or cannot reach Roboflow: try again in a moment.',
  504: 'A proxy waited too long for the server: a first request may load a model, try again.',
  507: 'The server is out of memory: unload models that are not needed.',
}

/** What a person can do about an answer of the API. */
export const hintForStatus = (
  status: number,
  facts: { html: boolean; location?: string | undefined; said?: unknown },
): string | undefined => {
  if (status >= 300 && status < 400 && facts.location) {
    return `The server has moved: if you trust the new address, set the URL to ${facts.location}.`
  }
  if (facts.html)
    return 'A web page came back: a proxy or another server answers here, not Roboflow Inference.'
  if (status === 400 && typeof facts.said === 'string' && facts.said.startsWith('Could not load input image'))
    return 'The server cannot decode this image: is it damaged, or of a format other than JPEG or PNG?'
  return statusHints[status]
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
