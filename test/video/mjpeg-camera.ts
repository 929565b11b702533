import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A camera that sends JPEGs one after the other, 25 a second, as many IP cameras do over http. */
export const startMjpegCamera = async (jpegs: Buffer[], port = 0) => {
  let isFrozen = false
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
    let count = 0
    const timer = setInterval(() => {
      const jpeg = jpegs[count++ % jpegs.length]
      if (isFrozen || !jpeg) return
      response.write(`--frame\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`)
      response.write(jpeg)
      response.write('\r\n')
    }, 40)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/video`,
    freeze: (frozen: boolean) => {
      isFrozen = frozen
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}
