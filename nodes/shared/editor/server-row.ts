namespace roboflow {
  rows.server = row('server', 'server', '<input type="text" id="node-input-server">')

  export interface Model {
    id: string
    task: string
  }

  /** What a server has loaded, and which aliases it refused; `problem` says why it could not be asked. */
  export interface ModelList {
    models: Model[]
    refused: string[]
    /** The model of nodes that name none. */
    selected?: string
    /** A hosted API: nobody knows what it has. */
    hosted?: boolean
    /** A built-in server: these are the models of its folder, loaded or not. */
    builtIn?: boolean
    problem?: string
  }

  const keptFor = 10_000
  let asked: { server: string; list: Promise<ModelList>; until: number } | undefined
  let aliases: Promise<Record<string, string>> | undefined

  /** The models of a deployed server. Remembered for some seconds, unless it could not be asked. */
  export const modelsOf = (server: string): Promise<ModelList> => {
    if (!asked || asked.server !== server || asked.until < Date.now()) {
      const list = Promise.resolve($.getJSON(`roboflow/${server}/models`)).catch((failed: JQuery.jqXHR) => {
        asked = undefined
        const problem = failed.responseJSON?.message ?? text('model.not-deployed')
        return { models: [], refused: [], problem: String(problem) }
      })
      asked = { server, list, until: Date.now() + keptFor }
    }
    return asked.list
  }

  /** Short names of public models, with the ids that they stand for. */
  export const knownAliases = (): Promise<Record<string, string>> => {
    aliases ??= Promise.resolve($.getJSON('roboflow/aliases')).catch(() => ({}))
    return aliases
  }

  /** The task of the model in the open dialog, where the server has it loaded. */
  export const taskInDialog = async (): Promise<string | undefined> => {
    const [{ models }, known] = await Promise.all([
      modelsOf(String($('#node-input-server').val())),
      knownAliases(),
    ])
    const typed = String($('#node-input-model').val())
    return models.find(({ id }) => id === (known[typed] ?? typed))?.task
  }
}
