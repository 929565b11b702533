// Stands in for what the scorecard asks on the net: preloaded with --require, see scorecard.test.ts.
const Module = require('node:module')

const { productionTree } = JSON.parse(process.env.SCORECARD_FACTS)

const answers = {
  'https://catalogue.nodered.org/catalogue.json': {
    modules: [{ id: 'roboflow-red', types: ['inference', 'upload', 'ocr', 'clip'] }],
  },
  // as the registry has it in November 2025
  'https://registry.npmjs.org/node-red': {
    'dist-tags': { latest: '5.0.7' },
    versions: { '5.0.7': { engines: { node: '>=22.9.0' } } },
  },
}

const axios = {
  get: async (url) => {
    if (!answers[url]) throw new Error(`The scorecard asks for ${url}, which has no stand-in`)
    return { data: answers[url] }
  },
}

// The scorecard looks at the tree of the first dependency only; it is handed that of all.
const remoteLs = { ls: (_name, _version, _flatten, done) => done(productionTree), config: () => {} }

// Whether newer versions exist is known to the registry alone: check D03 says nothing here.
const npmCheck = async () => ({ get: () => [] })

const standIns = { axios, 'npm-remote-ls': remoteLs, 'npm-check': npmCheck }
const load = Module._load
Module._load = function (request, ...others) {
  return standIns[request] ?? load.call(this, request, ...others)
}
