import type { Node, NodeAPI, NodeDef } from 'node-red'
import { apiKeyFromEnvironment, builtInUrl, displayUrl, listModels, sentence } from '../../src/index'
import { asFailure, NotConfiguredError, ServerGoneError } from '../shared/failure'
import { migrated } from '../shared/migrations'
import type { Server } from '../shared/server'
import { inWords, translated } from '../shared/translated'
import { openAdminRoutes } from './admin-routes'
import { ServerWatch } from './server-watch'
import { clientFor, modelsFolderOf, type Secrets, type Settings } from './settings'

type ConfigNode = Node<Secrets> & Server

export = (RED: NodeAPI) => {
  RED.nodes.registerType<ConfigNode, NodeDef & Settings, object, Secrets>(
    'roboflow-config',
    function (definition) {
      RED.nodes.createNode(this, definition)
      const settings = migrated('roboflow-config', { ...definition }) as unknown as Settings
      this.url = settings.url
      this.models = settings.url === builtInUrl ? () => listModels(modelsFolderOf(RED, settings)) : undefined
      this.users = {}
      this.refusedAliases = new Set()
      this.watchers = new Set()
      this.httpReferences = settings.httpReferences === true

      const place = URL.canParse(this.url) ? displayUrl(this.url) : this.url
      const report = (reachable: boolean) => {
        const text = RED._(`roboflow-config.status.${reachable ? 'back' : 'gone'}`)
        const line = `${text}: ${place}`
        this.status({ fill: reachable ? 'green' : 'red', shape: reachable ? 'dot' : 'ring', text })
        if (reachable) this.log(line)
        else if (settings.goneToCatch) this.error(new ServerGoneError(line), {})
        else this.error(line)
      }
      const watch = new ServerWatch(
        async () => this.client?.getServerInfo({ attempts: 1, timeout: 4_000 }),
        report,
      )

      try {
        refuseUnsetVariable(settings.url)
        const { apiKey, serviceSecret } = this.credentials
        const secrets = {
          apiKey: apiKey || apiKeyFromEnvironment(settings.url),
          serviceSecret: serviceSecret || undefined,
        }
        this.client = clientFor(RED, settings, secrets, {
          onConnection: (reachable) => watch.heard(reachable),
          onNotice: (notice) => this.warn(inWords(RED, notice)),
        })
      } catch (thrown) {
        this.problem = translated(RED, asFailure(thrown))
        this.error(this.problem.message)
      }

      this.on('close', (done: () => void) => {
        watch.close()
        Promise.resolve(this.client?.close()).then(
          () => done(),
          () => done(),
        )
      })
    },
    { credentials: { apiKey: { type: 'password' }, serviceSecret: { type: 'password' } } },
  )
  openAdminRoutes(RED)
}

/** Node-RED leaves the name of a variable that is not set as it is. */
const refuseUnsetVariable = (text: string): void => {
  const name = /^\$\{([^}]+)\}$/.exec(text)?.[1]
  if (name === undefined) return
  throw new NotConfiguredError(
    sentence`The URL of the server is the environment variable ${name}, which is not set.`,
    sentence`Set it where Node-RED is started, or among the environment variables of the flow, the subflow or all flows.`,
  )
}
