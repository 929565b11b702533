// The servers that can be started, and in what they differ.
const models = [
  'tiny-boxes/1',
  'tiny-masks/1',
  'tiny-points/1',
  'tiny-label/1',
  'tiny-labels/1',
  'clip/ViT-B-16',
]

module.exports = {
  mini: {
    size: 'about a minute, 1.2 GB',
    pins: 'requirements-mini.txt',
    makers: [['make_models.py']],
    standins: ['standin'],
    engine: 'classic',
    start: 5,
    models,
  },
  full: {
    size: 'some minutes, 7.3 GB',
    packages: ['inference-cpu[http]==1.8.3'],
    makers: [['make_models.py', '--torch']],
    standins: [],
    engine: 'default',
    start: 15,
    models: [...models, 'tiny-pixels/1', 'doctr/default', 'depth-anything-v2/small'],
  },
  // The last one that knows CogVLM; it finds gazes too, and answers as servers did then.
  '0.37.1': {
    size: 'about a minute, 1 GB',
    pins: 'requirements-0.37.1.txt',
    makers: [['make_models.py'], ['make_gaze.py']],
    standins: ['standin', 'standin-cogvlm'],
    engine: 'classic',
    start: 5,
    models: [...models, 'gaze/L2CS', 'cogvlm/cogvlm-chat-hf'],
  },
}
