#!/usr/bin/env node
// Stands in for ffmpeg where there is none: its videos are JSON that says what to do (see fake-video.ts).
const fs = require('node:fs')

const args = process.argv.slice(2)
const file = args[args.indexOf('-i') + 1].replace(/^file:/, '')
const video = JSON.parse(fs.readFileSync(file, 'utf8'))
const probing = args.includes('info')
fs.appendFileSync(`${file}.log`, `${JSON.stringify({ pid: process.pid, probing, args })}\n`)

const stream = `  Stream #0:0: Video: ${video.codec ?? 'h264 (High)'}, yuv420p(tv), ${video.size ?? '64x48'}, 25 fps\n`
if (video.stubborn) process.on('SIGTERM', () => {})

const end = () => {
  fs.writeSync(2, video.says ?? '')
  if (video.crashes) process.kill(process.pid, 'SIGSEGV')
  process.exitCode = video.code ?? 0
}

let number = 0
const next = () => {
  if (number === video.hangsAfter) {
    setInterval(() => {}, 1_000)
    return
  }
  if (number === (video.frames ?? 3)) {
    end()
    return
  }
  const frame = `frame ${number++}`.padEnd(video.bytes ?? 0)
  const part = `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${frame.length}\r\n\r\n${frame}\r\n`
  process.stdout.write(part, next)
  fs.writeFileSync(`${file}.written`, String(number))
}

if (!probing) next()
else if (video.hangsAtOnce) setInterval(() => {}, 1_000)
else {
  if (video.unreadable) fs.writeSync(2, `[mov @ 0x55d0c0] ${video.unreadable}\n`)
  else fs.writeSync(2, `${stream}At least one output file must be specified\n`)
  process.exitCode = 1
}
