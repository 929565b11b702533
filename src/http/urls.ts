/** The URL of the built-in server, which is none of a network. */
export const builtInUrl = 'built-in:'

/** Whether a text begins like a URL. Two letters at least: C:\ is a drive. */
export const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text)

/** Where a URL leads, for people: without user, password and query, which may hold secrets. */
export const displayUrl = (url: string | URL): string => {
  const { protocol, origin, pathname } = new URL(url)
  return (origin === 'null' ? protocol : origin) + withoutLastSlashes(pathname)
}

/** A path up to the slashes at its end. By hand: /\/+$/ takes minutes for a million slashes before something else. */
export const withoutLastSlashes = (path: string): string => {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** A path for a sentence. */
export const shortPath = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path)

/** User and password that stand in a URL, as a header. */
export const basicHeader = (url: URL): Record<string, string> => {
  if (!url.username && !url.password) return {}
  const pair = `${decoded(url.username)}:${decoded(url.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A percent-encoded piece of a URL; as it is where the encoding is wrong. */
export const decoded = (piece: string): string => {
  try {
    return decodeURIComponent(piece)
  } catch {
    return piece
  }
}
