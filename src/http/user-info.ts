/** A URL without the user and password that may stand in it. */
export const withoutUserInfo = (url: string | URL): string => {
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

/** User and password that stand in a URL, as a header. */
export const basicHeader = (url: URL): Record<string, string> => {
  if (!url.username && !url.password) return {}
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
