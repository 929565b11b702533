import * as change from '../changes/streams'
import { isStream } from '../replay/streams'
import type { Rule } from './rule'

/** `infer_on_stream`: what is different from other lists of images, whose rules hold for streams, too. */
export const streamRules: Rule[] = [
  {
    name: 'A video that cannot be read is a VideoNotReadableError',
    reason:
      "The SDK raises Python's bare Exception. Here the error says what ffmpeg says; where ffmpeg itself is missing " +
      'it is an FFmpegNotFoundError.',
    ofStreams: true,
    applies: isStream,
    change: change.nameVideoError,
  },
  {
    name: 'A stream describes its model once',
    reason:
      'Before every frame the SDK asks `/model/registry`, and has the model loaded where the server does not list it. ' +
      'Here both come before the first frame.',
    ofStreams: true,
    applies: isStream,
    change: change.describeOnce,
  },
  {
    name: 'Files of a directory come sorted by name',
    reason: 'The SDK takes the files of a directory in an order that changes from run to run.',
    ofStreams: true,
    applies: change.isOfDirectory,
    change: change.sortByName,
  },
  {
    name: 'A bad file does not end a stream',
    reason:
      'A file that is no image ends the stream of the SDK with an error that does not say which file it was. Here ' +
      'its item has an `error` instead of a prediction, and the next file follows. With `onError: "yield"` errors of ' +
      'the API are given in the same way.',
    ofStreams: true,
    applies: change.hasBadFile,
    change: change.skipBadFiles,
  },
  {
    name: 'Files of a directory are sent as they are',
    reason:
      'The SDK decodes every file and sends it encoded anew, as JPEG. Here `frame` holds the bytes of the file, and ' +
      'these are sent; a file that is too large is shrunk like any other image.',
    ofStreams: true,
    applies: change.isOfDirectory,
    change: change.sendFiles,
  },
  {
    name: 'Predictions fit the frame of a shrunk video',
    reason:
      'Where frames are to be shrunk, the SDK decodes each in full size, shrinks it, and scales the predictions back. ' +
      'Here ffmpeg shrinks while it decodes: `frame` is the shrunk frame, the predictions fit it, and divided by ' +
      '`scale` they are pixels of the video.',
    ofStreams: true,
    applies: change.isShrunkVideo,
    change: change.fitFrame,
  },
  {
    name: 'Frames of a stream are asked about at the same time',
    reason:
      'The SDK asks about one frame after the other. Here up to `max_concurrent_requests` are under way; results keep ' +
      'their order.',
    ofStreams: true,
    applies: change.isConcurrentStream,
    change: change.askAtOnce,
  },
]
