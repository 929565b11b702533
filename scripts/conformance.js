// npm run conformance -- FILE: replays recorded calls of the Python SDK against our client. With --docs instead of
// a file: writes the page of differences anew.
const fs = require('node:fs')
const path = require('node:path')
const { root, run, installAndBuild } = require('./installed')

const [argument, ...others] = process.argv.slice(2)
if (!argument || others.length > 0) {
  console.error('npm run conformance -- FILE')
  process.exit(2)
}
if (!fs.existsSync(path.join(root, 'node_modules'))) installAndBuild()
const script =
  argument === '--docs'
    ? ['write-differences.ts']
    : ['conformance.ts', path.resolve(process.env.INIT_CWD ?? '.', argument)]
run(process.execPath, ['--import', 'tsx', path.join('test', 'wire', script[0]), ...script.slice(1)])
