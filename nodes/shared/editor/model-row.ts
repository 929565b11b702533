namespace roboflow {
  rows.model = row('model', 'cube', typedInput('model'))

  rows.selectedModel = '<div class="roboflow-answer roboflow-about" id="roboflow-selected-model"></div>'

  /** Below a model that may be left blank: which one that means. */
  const prepareSelectedModel = (model: JQuery): void => {
    const show = async () => {
      const isBlank = model.typedInput('type') === 'str' && model.typedInput('value').trim() === ''
      const { selected } = isBlank ? await modelsOf(String($('#node-input-server').val())) : {}
      const words = selected
        ? RED._(`${catalogue}model.selected`, { model: selected })
        : text('model.none-selected')
      $('#roboflow-selected-model')
        .text(isBlank ? words : '')
        .toggle(isBlank)
    }
    $('#node-input-model, #node-input-server').on('change', show)
    show()
  }

  const longestList = 20

  interface Offer {
    value: string
    label: string
  }

  /** What the list is headed by where nothing was typed since it opened. Choosing it leaves what is typed. */
  const heading = ({ models, hosted, builtIn, problem }: ModelList): string => {
    if (problem) return problem
    if (hosted) return text('model.hosted')
    if (builtIn) return models.length > 0 ? text('model.in-folder') : text('model.none-in-folder')
    return models.length > 0 ? text('model.loaded') : text('model.none-loaded')
  }

  /** Models of the server first, then the aliases of public ones; what the server refused is not offered again. */
  const offersOf = ({ models, refused, builtIn }: ModelList, aliases: Record<string, string>): Offer[] => [
    ...models.map(({ id, task }) => ({ value: id, label: `${id} · ${task}` })),
    ...Object.entries(aliases)
      .filter(([alias]) => !builtIn && !refused.includes(alias))
      .map(([alias, id]) => ({
        value: alias,
        label: `${alias} · ${RED._(`${catalogue}model.alias`, { id })}`,
      })),
  ]

  /** Whether this may be the whole id of a model that is not in the list: Tab must not replace it by a longer one. */
  const mayBeWhole = (typed: string, offers: Offer[]): boolean =>
    /^[^/]+\/[^/]+$/.test(typed) && !offers.some(({ value }) => value === typed)

  /** The model: typed freely, completed from what the chosen server has loaded and from the aliases. */
  export const prepareModel = (): void => {
    const model = $('#node-input-model')
    if (model.length === 0) return
    let wasJustOpened = false
    const complete = async (typed: string, done: (found: Offer[]) => void) => {
      const isWhole = wasJustOpened
      wasJustOpened = false
      const [list, aliases] = await Promise.all([
        modelsOf(String($('#node-input-server').val())),
        knownAliases(),
      ])
      const offers = offersOf(list, aliases)
      const matching = offers.filter(({ value }) => value.toLowerCase().includes(typed.toLowerCase()))
      if (isWhole) done([{ value: typed, label: heading(list) }, ...offers].slice(0, longestList))
      else if (matching.length === 0 && list.problem) done([{ value: typed, label: heading(list) }])
      else if (mayBeWhole(typed, matching) && matching.length > 0)
        done([{ value: typed, label: typed }, ...matching].slice(0, longestList))
      else done(matching.slice(0, longestList))
    }
    model.attr('placeholder', text('model.such-as')).typedInput({
      typeField: '#node-input-modelType',
      types: [
        { value: 'str', label: text('type.id'), icon: 'fa fa-cube', autoComplete: complete },
        ...anywhere,
      ],
    })
    prepareSelectedModel(model)
    // Node-RED opens the list when a key is released
    const shown = model.next().find('.red-ui-typedInput-input')
    shown.on('click', () => {
      wasJustOpened = true
      shown.trigger('keyup')
    })
    shown.on('keydown', (event) => {
      wasJustOpened = event.key === 'ArrowDown'
    })
  }
}
