/** The current server without and with PyTorch, and an old one. */
export type ServerKind = 'mini' | 'full' | '0.37.1'

export interface ServerOptions {
  kind?: ServerKind
  /** 0 or absent: a free one. */
  port?: number
  /** No platform stand-in: any key is accepted, weights are already there. */
  offline?: boolean
  engine?: 'default' | 'classic'
  /** Also start the manager of video pipelines. */
  streams?: boolean
  quiet?: boolean
  env?: Record<string, string>
}

export interface RunningServer {
  url: string
  platformUrl: string | undefined
  key: string
  pid: number
  logFile: string
  exited: Promise<string>
  /** Sends a signal to the server alone; the platform stand-in goes on. */
  kill(signal?: NodeJS.Signals): void
  stop(): Promise<void>
}

export function installServer(kind: ServerKind): Promise<unknown>
export function startServer(options?: ServerOptions): Promise<RunningServer>
