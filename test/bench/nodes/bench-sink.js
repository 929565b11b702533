// The end of a flow: hands each message to whoever started this Node-RED.
module.exports = (RED) => {
  globalThis.bench.getNode = (id) => RED.nodes.getNode(id)
  RED.nodes.registerType('bench-sink', function (config) {
    RED.nodes.createNode(this, config)
    this.on('input', (msg, _send, done) => {
      globalThis.bench.arrived(this.name, msg)
      done()
    })
  })
}
