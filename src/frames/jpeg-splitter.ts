import { VideoNotReadableError } from '../errors'
import { endOfImage, startOfScan } from '../images/jpeg-segments'
import { sentence } from '../sentence'

const start = Buffer.from([0xff, 0xd8, 0xff])
const largestFrame = 64 * 2 ** 20

/**
 * Takes whole JPEGs out of bytes that hold them one after the other. What lies between them is skipped, and so is one
 * that is cut off or damaged; a thumbnail inside one belongs to it. Keeps one image in memory.
 */
export class JpegSplitter {
  /** What is not done with; an image that has begun lies at its start. */
  #held: Buffer = Buffer.alloc(0)
  /** Up to where the image that has begun is understood; 0: none has. */
  #at = 0
  #inScan = false
  #hasPixels = false

  /** The images that are complete with this piece; pieces may be cut anywhere. Throws `VideoNotReadableError`. */
  push(piece: Buffer): Buffer[] {
    const complete: Buffer[] = []
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece
    while (this.#at > 0 || this.#begin()) {
      const part = this.#read()
      if (part === 'more') break
      if (part === 'whole') complete.push(copyOf(this.#held.subarray(0, this.#at)))
      this.#held = this.#held.subarray(this.#at)
      this.#at = 0
    }
    if (this.#held.length > largestFrame)
      throw new VideoNotReadableError(sentence`A frame of ${this.#held.length} bytes is too large.`)
    return complete
  }

  #begin(): boolean {
    const at = this.#held.indexOf(start)
    this.#held = this.#held.subarray(at < 0 ? Math.max(0, this.#held.length - 2) : at)
    if (at < 0) return false
    this.#at = 2
    this.#inScan = false
    this.#hasPixels = false
    return true
  }

  /** Goes on to the end of the image, or to where it is none any more. */
  #read(): 'whole' | 'broken' | 'more' {
    const held = this.#held
    for (;;) {
      if (this.#inScan && !this.#skipPixels()) return 'more'
      if (this.#at + 2 > held.length) return 'more'
      const marker = held[this.#at + 1] ?? 0
      if (held[this.#at] !== 0xff || isAlone(marker)) return 'broken'
      if (marker === 0xff) {
        this.#at++
        continue
      }
      if (marker === endOfImage) {
        this.#at += 2
        return this.#hasPixels ? 'whole' : 'broken'
      }
      if (this.#at + 4 > held.length) return 'more'
      const length = held.readUInt16BE(this.#at + 2)
      if (length < 2) return 'broken'
      if (this.#at + 2 + length > held.length) return 'more'
      this.#at += 2 + length
      this.#inScan = marker === startOfScan
      this.#hasPixels ||= this.#inScan
    }
  }

  /** To the next marker: among pixels, 0xFF is followed by 0 or by the number of a restart. */
  #skipPixels(): boolean {
    const held = this.#held
    for (;;) {
      const at = held.indexOf(0xff, this.#at)
      const marker = at < 0 ? undefined : held[at + 1]
      this.#at = at < 0 ? held.length : at
      if (marker === undefined) return false
      this.#inScan = marker === 0 || (marker >= 0xd0 && marker <= 0xd7)
      if (!this.#inScan) return true
      this.#at += 2
    }
  }
}

/** A marker that no length follows, and that has no place between segments: a restart, or the start of another image. */
const isAlone = (marker: number): boolean => marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)

/** A slice, or a piece of the common pool, would keep its neighbours alive. */
const copyOf = (bytes: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
