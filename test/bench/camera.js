// A camera of 1280×720, 25 frames a second, that speaks RTSP.
const { spawn } = require('node:child_process')
const http = require('node:http')
const net = require('node:net')
const path = require('node:path')

const program = path.join(__dirname, '../video/rtsp-server.py')

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const startCamera = async () => {
  const port = await freePort()
  let child
  const camera = {
    url: `rtsp://127.0.0.1:${port}/cam`,
    start: () =>
      new Promise((resolve, reject) => {
        child = spawn('/usr/bin/python3', [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
        child.stdout.once('data', resolve)
        child.once('exit', () => reject(new Error('The RTSP server ended: are its packages installed?')))
      }),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once('exit', resolve)
        child.kill('SIGKILL')
      }),
  }
  await camera.start()
  return camera
}

/** Cameras that cost next to nothing: whoever asks for the URL gets a video, as fast as it was recorded, for ever. */
const startHttpCameras = (video) =>
  new Promise((resolve) => {
    const children = new Set()
    const server = http.createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' })
      const input = ['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', video]
      const child = spawn('ffmpeg', [...input, '-c', 'copy', '-f', 'mpegts', 'pipe:1'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      children.add(child)
      child.stdout.pipe(response)
      response.on('close', () => {
        child.kill('SIGKILL')
        children.delete(child)
      })
    })
    server.listen(0, '127.0.0.1', () => {
      const stop = () => {
        for (const child of children) child.kill('SIGKILL')
        server.close()
        server.closeAllConnections()
      }
      resolve({ url: `http://127.0.0.1:${server.address().port}/ts`, stop })
    })
  })

module.exports = { startCamera, startHttpCameras }
