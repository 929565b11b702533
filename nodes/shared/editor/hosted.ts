namespace roboflow {
  const domains = ['roboflow.com', 'roboflow.eu', 'roboflow.one', 'roboflow-eu.one']

  /** Whether a URL is one of Roboflow's hosted API: the same that the client (src/client/shared/client-mode.ts) takes for v0. */
  export const isHosted = (url: string): boolean => {
    const host = hostOf(url)
    return domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
  }

  const hostOf = (url: string): string => {
    try {
      return new URL(url).hostname
    } catch {
      return ''
    }
  }
}
