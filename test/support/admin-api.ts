export interface Login {
  username: string
  password: string
}

interface Call {
  method?: string
  body?: unknown
  headers?: Record<string, string>
}

const timeout = 60_000

/** The HTTP interface that Node-RED's editor uses. `tail` gives the end of the log, for failures. */
export class AdminApi {
  constructor(
    private readonly url: string,
    private readonly token: string | undefined,
    private readonly tail: () => string,
  ) {}

  async call<T>(path: string, { method = 'GET', body, headers }: Call = {}): Promise<T> {
    const response = await fetch(`${this.url}/${path.replace(/^\//, '')}`, {
      method,
      signal: AbortSignal.timeout(timeout),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...headers,
      },
    })
    const text = await response.text()
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}. ${this.tail()}`)
    }
    const isJson = response.headers.get('content-type')?.includes('json')
    return (isJson ? JSON.parse(text) : text) as T
  }
}

export const logIn = async (url: string, { username, password }: Login) => {
  const form = { client_id: 'node-red-admin', grant_type: 'password', scope: '*', username, password }
  const response = await fetch(`${url}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(timeout),
  })
  if (!response.ok) throw new Error(`Node-RED refused to log in ${username}: ${response.status}`)
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
