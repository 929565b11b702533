import type { Socket } from 'node:net'

const longestHead = 16 * 1024

/** Per connection: called when a request leaves on it, whose answer begins with the next bytes. */
const expecting = new WeakMap<Socket, () => void>()

/**
 * Has a connection read past answers such as `100 Continue` and `103 Early Hints`, which may come before the answer
 * to the request that is leaving: undici takes the first for a broken connection, though no server has to be asked.
 */
export const skipInterimAnswers = (socket: Socket): void => {
  const expect = expecting.get(socket) ?? watch(socket)
  expecting.set(socket, expect)
  expect()
}

const watch = (socket: Socket): (() => void) => {
  const read = socket.read.bind(socket)
  /** What came of the answer's head; undefined once it is known to be no interim one. */
  let head: Buffer | undefined
  socket.read = (size?: number) => {
    const bytes: Buffer | null = read(size)
    if (bytes === null || head === undefined) return bytes
    head = withoutInterimAnswers(head.length > 0 ? Buffer.concat([head, bytes]) : bytes)
    if (mayBeInterim(head)) return null
    const answer = head
    head = undefined
    return answer
  }
  return () => {
    head = Buffer.alloc(0)
  }
}

// 101 begins another protocol instead of an answer.
const interim = /^HTTP\/1\.[01] 1(?!01)\d\d/
const lengthOfStatus = 'HTTP/1.1 100'.length

const withoutInterimAnswers = (bytes: Buffer): Buffer => {
  let rest = bytes
  while (isInterim(rest)) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) break
    rest = rest.subarray(end + 4)
  }
  return rest
}

const isInterim = (bytes: Buffer): boolean => interim.test(bytes.toString('latin1', 0, lengthOfStatus))

/** Whether more has to come before it can be told; what has no end is not waited for. */
const mayBeInterim = (bytes: Buffer): boolean => {
  if (bytes.length > longestHead) return false
  if (bytes.length >= lengthOfStatus) return isInterim(bytes)
  const start = bytes.toString('latin1')
  return ['HTTP/1.0 1', 'HTTP/1.1 1'].some((status) => status.startsWith(start.slice(0, status.length)))
}
