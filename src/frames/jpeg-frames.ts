/** JPEG has full range and the matrix of BT.601, else colours are wrong: options of the filter scale. */
export const jpegColors = ['out_color_matrix=bt601', 'out_range=full']

/**
 * Each frame once, whatever its time: they are numbered anew, at a rate that is none (the option for that has had three
 * names). The last filters.
 */
export const numberedAnew = ['settb=1/25', 'setpts=N']

/**
 * What ffmpeg is to write; a lower number is a better quality. Tables of its own for each frame would save a few bytes,
 * and cost a tenth of the time.
 */
export const jpegsOf = (quality: number): string[] => [
  '-r',
  '25',
  '-c:v',
  'mjpeg',
  '-q:v',
  String(quality),
  '-huffman',
  'default',
]
