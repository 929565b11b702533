namespace roboflow {
  export interface Field {
    name: string
    label: string
    type: string
    about: string
  }

  export interface ConfigurationRow {
    field: string
    value: string
    type: string
  }

  rows.configuration = `
    <div class="form-row">
      <label style="width: 100%"><i class="fa fa-sliders"></i> <span data-i18n="${catalogue}row.configuration"></span></label>
      <ol id="node-input-configuration-list" style="min-height: 60px"></ol>
    </div>`

  const anywhere = ['msg', 'flow', 'global', 'env', 'jsonata']
  const typesFor: Record<string, string[]> = {
    number: ['num', ...anywhere],
    integer: ['num', ...anywhere],
    confidence: ['num', 'str', ...anywhere],
    boolean: ['bool', ...anywhere],
    list: ['str', 'json', ...anywhere],
  }

  const list = () => $('#node-input-configuration-list')

  /** A configuration field that has a line of its own in a dialog. */
  export const prepareOption = (property: string, typedIn: string[]): void => {
    $(`#node-input-${property}`).typedInput({
      typeField: `#node-input-${property}Type`,
      types: [...typedIn, ...anywhere],
    })
  }

  /** The add-a-row list of every configuration field that has no line of its own in the dialog. */
  export const prepareConfiguration = (rows: ConfigurationRow[], withOwnLine: string[]): void => {
    $.getJSON('roboflow/configuration-fields').then((all: Field[]) => {
      const fields = all.filter(({ name }) => !withOwnLine.includes(name))
      list().editableList({
        removable: true,
        addItem: (container: JQuery, _index: number, given: Partial<ConfigurationRow>) =>
          addConfigurationRow(container, fields, given),
      })
      for (const given of rows) list().editableList('addItem', given)
    })
  }

  const addConfigurationRow = (
    container: JQuery,
    fields: Field[],
    given: Partial<ConfigurationRow>,
  ): void => {
    const options = fields.map(({ name, label }) => `<option value="${name}">${label}</option>`).join('')
    const line = $('<div>').css({ display: 'flex', gap: '6px', alignItems: 'center' }).appendTo(container)
    const field = $(`<select class="roboflow-field">${options}</select>`)
      .css({ flex: '1 1 45%' })
      .appendTo(line)
    const holder = $('<div>').css({ flex: '1 1 55%' }).appendTo(line)
    const value = $('<input type="text" class="roboflow-value">').css({ width: '100%' }).appendTo(holder)
    const about = $('<div class="roboflow-about">').appendTo(container)
    field.val(given.field ?? fields[0]?.name ?? '')
    value.val(given.value ?? '').typedInput({ types: ['str'] })
    const adapt = () => {
      const chosen = fields.find(({ name }) => name === field.val())
      about.text(chosen?.about ?? '')
      value.typedInput('types', typesFor[chosen?.type ?? ''] ?? ['str', ...anywhere])
    }
    field.on('change', adapt)
    adapt()
    if (given.type) value.typedInput('type', given.type)
    if (given.value !== undefined) value.typedInput('value', given.value)
  }

  /** What the list holds, for the node's property `configuration`; as it was where the list never appeared. */
  export const configurationFromDialog = (asItWas: ConfigurationRow[]): ConfigurationRow[] => {
    if (!list().hasClass('red-ui-editableList-list')) return asItWas
    const items = list().editableList('items').toArray()
    return items.map((item) => {
      const value = $(item).find('.roboflow-value')
      return {
        field: String($(item).find('.roboflow-field').val()),
        value: value.typedInput('value'),
        type: value.typedInput('type'),
      }
    })
  }
}
