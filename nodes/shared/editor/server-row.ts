namespace roboflow {
  rows.server = row('server', 'server', '<input type="text" id="node-input-server">')

  export interface Model {
    id: string
    task: string
  }

  const keptFor = 10_000
  let loaded: { server: string; models: Promise<Model[]>; until: number } | undefined
  let aliases: Promise<Record<string, string>> | undefined

  /** The models that a deployed server holds; none when it cannot be asked. Remembered for some seconds. */
  export const modelsOf = (server: string): Promise<Model[]> => {
    if (!loaded || loaded.server !== server || loaded.until < Date.now()) {
      const models = Promise.resolve($.getJSON(`roboflow/${server}/models`)).catch(() => {
        // perhaps it is not deployed yet: ask again
        loaded = undefined
        return [] as Model[]
      })
      loaded = { server, models, until: Date.now() + keptFor }
    }
    return loaded.models
  }

  /** Short names of public models, with the ids that they stand for. */
  export const knownAliases = (): Promise<Record<string, string>> => {
    aliases ??= Promise.resolve($.getJSON('roboflow/aliases')).catch(() => ({}))
    return aliases
  }

  /** The task of the model in the open dialog, where the server has it loaded. */
  export const taskInDialog = async (): Promise<string | undefined> => {
    const [models, known] = await Promise.all([
      modelsOf(String($('#node-input-server').val())),
      knownAliases(),
    ])
    const typed = String($('#node-input-model').val())
    return models.find(({ id }) => id === (known[typed] ?? typed))?.task
  }
}
