// npm test: everything that needs Node.js alone.
const { installAndBuild, run } = require('./installed')

installAndBuild()
run('npm', ['run', '--silent', 'check'])
run(process.execPath, ['scripts/suite.js', 'unit', ...process.argv.slice(2)])
