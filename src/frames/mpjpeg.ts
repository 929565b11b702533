import { VideoNotReadableError } from '../errors'
import { sentence } from '../sentence'

const longestHead = 1_000
const largestFrame = 256 * 2 ** 20

/**
 * Takes the images out of what ffmpeg writes as `mpjpeg`: each has a head that tells how many bytes follow, so
 * nothing has to be searched for. Every byte is copied once.
 */
export class MpjpegParser {
  #head = ''
  #frame: Buffer | undefined
  #length = 0

  /** The images that are complete with this piece; pieces may be cut anywhere. */
  push(piece: Buffer): Buffer[] {
    const complete: Buffer[] = []
    for (let at = 0; at < piece.length; ) {
      at += this.#frame ? this.#fill(this.#frame, piece, at) : this.#readHead(piece, at)
      if (!this.#frame || this.#length < this.#frame.length) continue
      // a container may hold empty frames, which say that nothing has changed: nobody shows them
      if (this.#length > 0) complete.push(this.#frame)
      this.#frame = undefined
    }
    return complete
  }

  #fill(frame: Buffer, piece: Buffer, at: number): number {
    const copied = piece.copy(frame, this.#length, at)
    this.#length += copied
    return copied
  }

  /** Reads up to where an image begins; returns how many bytes of the piece that took. */
  #readHead(piece: Buffer, at: number): number {
    const before = this.#head.length
    this.#head += piece.toString('latin1', at, at + longestHead)
    const end = /content-length:\s*(\d+)[\s\S]*?\r\n\r\n/i.exec(this.#head)
    if (end) {
      this.#begin(Number(end[1]))
      return end.index + end[0].length - before
    }
    if (this.#head.length >= longestHead)
      throw new VideoNotReadableError(sentence`What ffmpeg wrote cannot be understood.`)
    return this.#head.length - before
  }

  #begin(length: number): void {
    if (length > largestFrame)
      throw new VideoNotReadableError(sentence`A frame of ${length} bytes is too large.`)
    this.#head = ''
    this.#length = 0
    // a slice of the common pool would keep its neighbours alive
    this.#frame = Buffer.allocUnsafeSlow(length)
  }
}
