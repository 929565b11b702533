namespace roboflow {
  rows.server = row('server', 'server', '<input type="text" id="node-input-server">')

  export interface Model {
    id: string
    task: string
  }

  let known: { server: string; models: Promise<Model[]>; until: number } | undefined

  /** The models that a deployed server holds; none when it cannot be asked. Remembered for some seconds. */
  export const modelsOf = (server: string): Promise<Model[]> => {
    if (!known || known.server !== server || known.until < Date.now()) {
      const models = Promise.resolve($.getJSON(`roboflow/${server}/models`)).catch(() => [] as Model[])
      known = { server, models, until: Date.now() + 10_000 }
    }
    return known.models
  }
}
