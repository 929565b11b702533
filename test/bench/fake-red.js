// As much of Node-RED as the nodes need, in a few lines: what grows in memory is then ours.
const { EventEmitter } = require('node:events')
const { util } = require('@node-red/util')

const makeFakeRed = () => {
  const types = {}
  const nodes = {}
  const nothing = () => {}
  const red = {
    util,
    _: (key) => key,
    auth: { needsPermission: () => nothing },
    httpAdmin: { get: nothing, post: nothing },
    nodes: {
      getNode: (id) => nodes[id] ?? null,
      createNode: (node, { id, type, name }) => Object.assign(node, { id, type, name, credentials: {} }),
      registerType(type, Constructor) {
        Object.setPrototypeOf(Constructor.prototype, FakeNode.prototype)
        types[type] = Constructor
      },
    },
  }

  /** Makes a node of a registered type, as a deploy does. */
  const deploy = (definition) => {
    const node = new types[definition.type](definition)
    nodes[node.id] = node
    return node
  }
  return { red, deploy }
}

// Node-RED's nodes are emitters whose constructors are plain functions: nothing may happen in one here.
class FakeNode extends EventEmitter {
  status() {}
  log() {}
  warn() {}
  error() {}

  /** Resolves with what the node sends, once it is done with the message. */
  receive(msg) {
    return new Promise((resolve, reject) => {
      let sent
      const send = (message) => {
        sent = message
      }
      this.emit('input', msg, send, (error) => (error ? reject(error) : resolve(sent)))
    })
  }
}

module.exports = { makeFakeRed }
