namespace roboflow {
  export interface Field {
    name: string
    label: string
    type: string
    /** The choices of the field, where it has some. */
    values?: string[]
    v0?: string
    v1?: { name: string; tasks: string[] }
  }

  export interface ConfigurationRow {
    field: string
    value: string
    type: string
  }

  rows.configuration = `
    <div class="form-row">
      <label style="width: 100%"><i class="fa fa-sliders"></i> <span data-i18n="${catalogue}row.configuration"></span></label>
      <ol id="node-input-configuration-list"></ol>
    </div>`

  const allTasks = 4

  const typesFor = ({ type, values }: Field): (string | object)[] => {
    if (values) return [choice(values), ...anywhere]
    if (type === 'confidence') return ['num', choice(['best', 'default']), ...anywhere]
    const typedIn = { number: ['num'], integer: ['num'], boolean: ['bool'], list: ['str', 'json'] }[type] ?? [
      'str',
    ]
    return [...typedIn, ...anywhere]
  }

  const list = () => $('#node-input-configuration-list')

  /** The add-a-row list of every configuration field that has no line of its own in the dialog. */
  export const prepareConfiguration = (rows: ConfigurationRow[], withOwnLine: string[]): void => {
    if (list().length === 0) return
    $.getJSON('roboflow/configuration-fields').then((all: Field[]) => {
      const fields = all.filter(({ name }) => !withOwnLine.includes(name))
      list().editableList({
        removable: true,
        height: 'auto',
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
    // a flow may come from a version that knows more fields
    const isForeign = given.field !== undefined && !fields.some(({ name }) => name === given.field)
    const foreign = isForeign ? [{ name: String(given.field), label: String(given.field) }] : []
    const first = optionsOf([{ name: '', label: text('configuration.choose') }, ...foreign])
    const line = $('<div>').css({ display: 'flex', gap: '6px', alignItems: 'center' }).appendTo(container)
    const field = $(`<select class="roboflow-field">${first}${optionsOf(fields)}</select>`)
      .css({ flex: '1 1 60%', width: 'auto' })
      .appendTo(line)
    const holder = $('<div>').css({ flex: '1 1 40%' }).appendTo(line)
    const value = $('<input type="text" class="roboflow-value">').css({ width: '100%' }).appendTo(holder)
    const about = $('<div class="roboflow-about">').appendTo(container)
    field.val(given.field ?? '')
    value.val(given.value ?? '').typedInput({ types: ['str'] })
    const chosen = () => fields.find(({ name }) => name === field.val())
    const explain = async () => {
      const task = await taskInDialog()
      // not while somebody chooses from it
      const kept = String(field.val() ?? '')
      if (!field.is(':focus')) field.html(first + arranged(fields, task)).val(kept)
      const described = chosen()
      if (!described) {
        about.text('')
        return
      }
      about.text(RED._(`${catalogue}configuration.about.${described.name}`))
      $('<b>')
        .text(` ${limitsOf(described, task)}`)
        .appendTo(about)
      // a row that was added just now may lie below the dialog's edge
      if (given.field === undefined) container[0]?.scrollIntoView({ block: 'nearest' })
    }
    const adapt = () => {
      const described = chosen()
      value.typedInput('types', described ? typesFor(described) : ['str', ...anywhere])
      nameTypedInput(value, { 'aria-label': field.find(':selected').text() })
      explain()
    }
    field.attr('aria-label', text('row.configuration')).on('change', adapt)
    container.parent().find('.red-ui-editableList-item-remove').attr('aria-label', text('accessible.remove'))
    $('#node-input-apiVersion, #node-input-server, #node-input-model').on('change', explain)
    adapt()
    if (given.type) value.typedInput('type', given.type)
    if (given.value !== undefined) value.typedInput('value', given.value)
  }

  const optionsOf = (fields: { name: string; label: string }[]): string =>
    fields.map(({ name, label }) => `<option value="${name}">${label}</option>`).join('')

  /** Fields that have an effect first, the others in a group that says so. */
  const arranged = (fields: Field[], task: string | undefined): string => {
    const ignored = fields.filter((field) => isIgnored(field, task))
    const others = optionsOf(ignored)
    return (
      optionsOf(fields.filter((field) => !ignored.includes(field))) +
      (others && `<optgroup label="${text('configuration.ignored')}">${others}</optgroup>`)
    )
  }

  const isIgnored = ({ v0, v1 }: Field, task: string | undefined): boolean => {
    // what is for the client itself works everywhere
    if (!v0 && !v1) return false
    if (apiVersionInDialog() === 'v0') return !v0
    return !v1 || (task !== undefined && !v1.tasks.includes(task))
  }

  /** Says when a field has no effect: what it is for, and whether this dialog's server and model take it. */
  const limitsOf = ({ v0, v1 }: Field, task: string | undefined): string => {
    if (!v0 && !v1) return ''
    if (apiVersionInDialog() === 'v0') return v0 ? '' : text('configuration.ignored-v0')
    if (!v1) return text('configuration.ignored-v1')
    if (v1.tasks.length === allTasks) return ''
    const tasks = v1.tasks.join(', ')
    if (task && !v1.tasks.includes(task))
      return RED._(`${catalogue}configuration.ignored-task`, { task, tasks })
    return task ? '' : RED._(`${catalogue}configuration.only-for`, { tasks })
  }

  /** What the list holds, for the node's property `configuration`; as it was where the list never appeared. */
  export const configurationFromDialog = (asItWas: ConfigurationRow[]): ConfigurationRow[] => {
    if (!list().hasClass('red-ui-editableList-list')) return asItWas
    const items = list().editableList('items').toArray()
    return items
      .map((item) => {
        const value = $(item).find('.roboflow-value')
        return {
          field: String($(item).find('.roboflow-field').val()),
          value: value.typedInput('value'),
          type: value.typedInput('type'),
        }
      })
      .filter(({ field }) => field !== '')
  }
}
