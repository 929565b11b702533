import type { Node, NodeAPI, NodeStatus } from 'node-red'

const shortestPause = 500
const longestText = 60

/** The cause of an error, which is its first sentence; one that is too long ends with a whole word. */
const shortened = (message: string): string => {
  const [sentence = ''] = message.slice(0, longestText * 10).split(/(?<=[.!?])\s/)
  const printable = sentence.replace(/[\p{C}\uFFFD]+/gu, ' ').replace(/\.$/, '')
  if (printable.length <= longestText) return printable
  const cut = printable.slice(0, longestText)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longestText / 2)).trimEnd()} …`
}

export interface Load {
  running: number
  waiting: number
  dropped: number
}

/**
 * A node's status line, changed at most twice a second: the editor's connection and Status nodes cannot take more.
 * Texts are translated here, so that Status nodes see what people see.
 */
export class StatusLine {
  readonly #RED: NodeAPI
  readonly #node: Node
  #load: () => Load = () => ({ running: 0, waiting: 0, dropped: 0 })
  /** The selected model that the node works with, where its dialog names none. */
  #model = ''
  /** What is wrong besides, however well the work goes. */
  #concern = ''
  /** What happened last: it stays until something else happens, so that a busy node does not flicker. */
  #last: NodeStatus = {}
  #timer: NodeJS.Timeout | undefined
  #changed = false
  #closed = false
  #shown = '{}'

  constructor(RED: NodeAPI, node: Node) {
    this.#RED = RED
    this.#node = node
  }

  /** From now on the line also tells how many messages are worked on, wait, and were dropped. */
  showLoad(load: () => Load): void {
    this.#load = load
  }

  loadingModel(): void {
    this.#happened({ fill: 'blue', shape: 'ring', text: this.#text('loading-model') })
  }

  modelReady(): void {
    this.#happened({ fill: 'green', shape: 'dot', text: this.#text('model-ready') })
  }

  /** Something that a message brings, such as `msg.payload`, is long in coming. */
  waitingFor(name: string): void {
    this.#happened({ fill: 'yellow', shape: 'ring', text: `${this.#text('waiting-for')} ${name}` })
  }

  /** The node names no model, and works with the selected one. */
  selectedModel(model: string | undefined): void {
    this.#model = model ?? ''
    this.#happened(
      model
        ? { fill: 'grey', shape: 'dot', text: model }
        : { fill: 'yellow', shape: 'ring', text: this.#text('no-model') },
    )
  }

  /** An answer came: how long it took, and when it was. */
  answered(milliseconds: number): void {
    const time = new Date().toTimeString().slice(0, 8)
    const parts = [this.#model, `${Math.round(milliseconds)} ms`, time, this.#concern]
    const fill = this.#concern ? 'yellow' : 'green'
    this.#happened({ fill, shape: 'dot', text: parts.filter(Boolean).join(' · ') })
  }

  /** No font here can write this name: the first one is told, with the answers that follow. */
  missingFont(name: string): void {
    this.#concern ||= `${this.#text('no-font')} ${shortened(name)}`
  }

  /** What a node that works by itself is doing, in words of the catalogue, and a detail of no language. */
  doing(key: string, { fill = 'blue', shape = 'dot' }: NodeStatus = {}, detail = ''): void {
    const words = this.#RED._(`node-red-contrib-roboflow/roboflow-config:doing.${key}`)
    this.#happened({ fill, shape, text: [words, shortened(detail)].filter(Boolean).join(' · ') })
  }

  failed(error: Error): void {
    this.#happened({ fill: 'red', shape: 'ring', text: shortened(error.message) })
  }

  /** The counts of running, waiting or dropped messages may have changed. */
  update(): void {
    this.#changed = true
    if (this.#timer || this.#closed) return
    this.#write()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#changed) this.update()
    }, shortestPause)
  }

  /** Leaves the line empty. What still happens is not shown: the node may have a successor by then. */
  close(): void {
    clearTimeout(this.#timer)
    this.#closed = true
    this.#show({})
  }

  #happened(status: NodeStatus): void {
    this.#last = status
    this.update()
  }

  #write(): void {
    this.#changed = false
    const status = this.#withLoad(this.#last)
    const form = JSON.stringify(status)
    if (form === this.#shown) return
    this.#shown = form
    this.#show(status)
  }

  #show(status: NodeStatus): void {
    try {
      this.#node.status(status)
    } catch {
      // whoever listens to statuses may fail: that is no reason to lose a message
    }
  }

  #withLoad(status: NodeStatus): NodeStatus {
    const { running, waiting, dropped } = this.#load()
    const { fill, shape, text } = status
    const parts = [text ?? (running > 0 ? this.#text('working') : '')]
    if (fill !== 'red' && waiting > 0) parts.push(`${waiting} ${this.#text('waiting')}`)
    if (fill !== 'red' && dropped > 0) parts.push(`${dropped} ${this.#text('dropped')}`)
    const line = parts.filter(Boolean).join(' · ')
    if (!line) return {}
    const busy = running > 0 && fill !== 'red' && fill !== 'yellow'
    return { fill: busy ? 'blue' : (fill ?? 'grey'), shape: shape ?? 'dot', text: line }
  }

  #text(key: string): string {
    return this.#RED._(`node-red-contrib-roboflow/roboflow-config:status.${key}`)
  }
}
