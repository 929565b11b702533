namespace roboflow {
  rows.model = row('model', 'cube', typedInput('model'))

  /** The model: typed freely, completed from what the chosen server has loaded. */
  export const prepareModel = (): void => {
    const complete = (typed: string, done: (found: object[]) => void) => {
      modelsOf(String($('#node-input-server').val())).then((models) => {
        const fitting = models.filter(({ id }) => id.toLowerCase().includes(typed.toLowerCase()))
        done(fitting.map(({ id, task }) => ({ value: id, label: `${id} · ${task}` })))
      })
    }
    $('#node-input-model').typedInput({
      typeField: '#node-input-modelType',
      types: [
        { value: 'str', label: text('type.id'), icon: 'fa fa-cube', autoComplete: complete },
        'msg',
        'flow',
        'global',
        'env',
        'jsonata',
      ],
    })
  }
}
