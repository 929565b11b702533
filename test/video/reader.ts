import { openVideo } from '../../src/frames/video'
import { fileSource } from '../../src/frames/video-source'

/** Reads a video until somebody ends this process, or it ends itself in the middle. */
const main = async ([file = '', ffmpegPath, way]: string[]): Promise<void> => {
  const video = await openVideo(fileSource(file), { ffmpegPath })
  for await (const frame of video.frames()) {
    if (way === 'exits') process.exit(0)
    console.log(frame.length)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

void main(process.argv.slice(2))
