import type { StatusLine } from '../shared/status'
import type { FrameFacts } from './frame-facts'
import type { Player } from './player'

const lookEvery = 1_000

/** The status line of a source: how many frames a second leave it, how large they are, and whom it waits for. */
export class SourceStatus {
  readonly #status: StatusLine
  readonly #timer: NodeJS.Timeout
  #frames = 0
  #size = ''
  #isPlaying = false

  constructor(status: StatusLine, player: Player) {
    this.#status = status
    this.#timer = setInterval(() => this.#look(player), lookEvery)
    this.#timer.unref()
  }

  sent({ width, height }: FrameFacts): void {
    this.#frames++
    this.#isPlaying = true
    if (width && height) this.#size = `${width} × ${height}`
  }

  happened(event: string, why?: string): void {
    this.#isPlaying = event === 'started'
    const bad = event === 'stalled' || event === 'reconnecting'
    if (event === 'error') return
    this.#status.doing(
      event,
      { fill: bad ? 'red' : event === 'started' ? 'blue' : 'grey', shape: bad ? 'ring' : 'dot' },
      why,
    )
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(player: Player): void {
    const frames = this.#frames
    this.#frames = 0
    if (!this.#isPlaying) return
    const { waitsFor } = player
    if (player.isPaused) this.#status.doing('paused', { fill: 'yellow', shape: 'ring' })
    else if (frames > 0)
      this.#status.doing(
        'playing',
        { fill: 'green' },
        [`${frames}/s`, this.#size].filter(Boolean).join(' · '),
      )
    else if (waitsFor) this.#status.waitingFor(waitsFor)
  }
}
