/** Differences on purpose that no recorded call can show. */
export const otherDifferences: { name: string; reason: string }[] = [
  {
    name: 'Names are camelCase',
    reason:
      '`infer_from_api_v0(images, model_id=…)` reads `inferFromApiV0(images, { modelId })`. Configurations take the ' +
      "SDK's names as well; a field that does not exist, or a value of the wrong type, is an InvalidParameterError.",
  },
  {
    name: 'Everything is asynchronous',
    reason:
      'There are no twins in `_async`. Every method takes a `signal` that ends it, and has a timeout; the SDK waits ' +
      'without end.',
  },
  {
    name: '`use…` gives a copy',
    reason:
      'The context managers `use_configuration`, `use_model`, `use_api_v0` and `use_api_v1` change the client until ' +
      'they are left. Here they return a copy, which shares connections, so that calls at the same time do not ' +
      'disturb each other. Given a callback, they call it with the copy.',
  },
  {
    name: 'Images as arrays',
    reason:
      'Raw pixels `{ data, width, height, channels }` take the place of numpy arrays and PIL images: RGB(A) or grey, ' +
      "8 bits each; `colorSpace: 'BGR'` says otherwise. All are sent as JPEG of quality 95 (Pillow: 75).",
  },
  {
    name: 'Shrunk images keep their colours',
    reason:
      'The SDK halves the resolution of colours (4:2:0) in images that it has already shrunk to what the model sees: ' +
      'edges of coloured things move by a pixel of the model. Here shrunk images are encoded as 4:4:4. Images for ' +
      'print (CMYK) and AVIF that turns itself are sent as they are: they would be decoded in another way than at the ' +
      'server.',
  },
  {
    name: 'Batches that are drawn',
    reason:
      'A server refuses to draw on several images of one request (400, in 1.8.3). With `visualize_predictions` each ' +
      'image of a list travels in a request of its own, whatever `max_batch_size` says.',
  },
  {
    name: 'Drawn images',
    reason:
      'With `output_visualisation_format`, `numpy` gives raw pixels in the order RGB(A), where OpenCV has BGR, and ' +
      '`pillow` gives a Buffer with the encoded image.',
  },
  {
    name: 'Frames of a stream',
    reason:
      '`infer_on_stream` gives decoded arrays; `inferOnStream` gives the encoded image, with its `reference` (of files ' +
      'the path, of videos the number of the frame). Videos are read by the ffmpeg of the system: JPEG frames that need ' +
      'not be shrunk are passed on as they are stored, others are encoded once. Colours are those that the video says ' +
      'it has, where OpenCV takes HD (BT.709) for television (BT.601). `.mjpeg` files need no ffmpeg: their frames stay ' +
      'as they are stored, and one that cannot be decoded has an `error`. A source that gives nothing for 30 s ends ' +
      'with a VideoStalledError; the SDK waits without end.',
  },
  {
    name: 'Images from URLs have limits',
    reason:
      '15 seconds and 50 MiB; addresses at which clouds hand out credentials are refused. The ' +
      "SDK's environment variables (`ALLOW_URL_INPUT` and the like) are not read.",
  },
  {
    name: 'Profiles of workflows',
    reason:
      '`profiling_directory` is made and looked at before the workflow runs; a profile that cannot be written is an ' +
      'InvalidParameterError. Its name begins with `workflow_execution_trace_` (the SDK: `tack`).',
  },
  {
    name: 'Errors say what to do',
    reason: 'All are HTTPClientErrors with a `code`; most have a `hint` in plain words.',
  },
]
