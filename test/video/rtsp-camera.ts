import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'

export interface CameraOptions {
  port?: number
  size?: string
  codec?: 'h264' | 'jpeg'
  /** user:password */
  login?: string
}

/** A camera that speaks RTSP; it can be lost (its process is killed) and frozen (its process is stopped). */
export class RtspCamera {
  readonly url: string
  readonly #options: CameraOptions & { port: number }
  #process: ChildProcess | undefined

  private constructor(options: CameraOptions & { port: number }) {
    this.#options = options
    this.url = `rtsp://127.0.0.1:${options.port}/cam`
  }

  static async start(options: CameraOptions = {}): Promise<RtspCamera> {
    const camera = await RtspCamera.absent(options)
    await camera.start()
    return camera
  }

  /** One that is not there yet. */
  static async absent(options: CameraOptions = {}): Promise<RtspCamera> {
    return new RtspCamera({ ...options, port: options.port ?? (await freePort()) })
  }

  /** As it was, or as another one at the same address. */
  async start(changes: Omit<CameraOptions, 'port'> = {}): Promise<void> {
    const { port, size = '640x360', codec = 'h264', login = '' } = { ...this.#options, ...changes }
    // the system's own Python: the bindings of GStreamer are packages of the system
    const child = spawn(
      '/usr/bin/python3',
      [path.join(__dirname, 'rtsp-server.py'), String(port), size, codec, login],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    this.#process = child
    const ended = once(child, 'exit').then(() => {
      throw new Error('The RTSP server ended: is gir1.2-gst-rtsp-server-1.0 installed?')
    })
    ended.catch(() => {})
    await Promise.race([once(child.stdout, 'data'), ended])
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** It is lost, at once. */
  async stop(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
