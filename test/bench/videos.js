// Videos as cameras make them, the same ones at every run: moving shapes and a little noise, 25 frames a second.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const encoders = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
  mjpeg: ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'],
}

/** Makes a video in the folder, unless it is there already; `{ path, width, height, frames }`. */
const makeVideo = (folder, { codec, width, height, frames }) => {
  const file = path.join(folder, `${codec}-${width}x${height}-${frames}.${codec === 'mjpeg' ? 'avi' : 'mp4'}`)
  if (!fs.existsSync(file)) encode(file, { codec, width, height, frames })
  return { path: file, width, height, frames }
}

const encode = (file, { codec, width, height, frames }) => {
  // what is broken off must not be taken for the whole
  const unfinished = `${file}.part${path.extname(file)}`
  const source = `testsrc2=size=${width}x${height}:rate=25,noise=alls=6:allf=t`
  const args = ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', source, '-frames:v', String(frames)]
  const { status, error } = spawnSync('ffmpeg', [...args, ...encoders[codec], unfinished], {
    stdio: ['ignore', 2, 2],
  })
  if (error?.code === 'ENOENT') throw new Error('Streams need ffmpeg: there is no "ffmpeg" here.')
  if (status !== 0) throw new Error(`${file} could not be made.`)
  fs.renameSync(unfinished, file)
}

module.exports = { makeVideo }
