namespace roboflow {
  rows.model = row('model', 'cube', typedInput('model'))

  const longestList = 20

  /** The model: typed freely, completed from what the chosen server has loaded and from the aliases. */
  export const prepareModel = (): void => {
    const complete = async (typed: string, done: (found: object[]) => void) => {
      const [models, aliases] = await Promise.all([
        modelsOf(String($('#node-input-server').val())),
        knownAliases(),
      ])
      const offers = [
        ...models.map(({ id, task }) => ({ value: id, label: `${id} · ${task}` })),
        ...Object.entries(aliases).map(([alias, id]) => ({
          value: alias,
          label: `${alias} · ${RED._(`${catalogue}model.alias`, { id })}`,
        })),
      ]
      done(
        offers.filter(({ value }) => value.toLowerCase().includes(typed.toLowerCase())).slice(0, longestList),
      )
    }
    $('#node-input-model')
      .attr('placeholder', text('model.such-as'))
      .typedInput({
        typeField: '#node-input-modelType',
        types: [
          { value: 'str', label: text('type.id'), icon: 'fa fa-cube', autoComplete: complete },
          ...anywhere,
        ],
      })
  }
}
