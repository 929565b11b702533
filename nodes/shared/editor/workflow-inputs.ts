namespace roboflow {
  export interface WorkflowInput {
    name: string
    kind: 'image' | 'parameter'
    value: string
    type: string
  }

  /** The kinds of each input of a workflow, as the server tells them. */
  export type KindsOfInputs = Record<string, string[]>

  export const workflowCatalogue = 'node-red-contrib-roboflow/roboflow-workflow:roboflow-workflow.'

  export const workflowText = (key: string): string => RED._(workflowCatalogue + key)

  const list = () => $('#roboflow-workflow-inputs')
  const lines = (): JQuery[] =>
    list()
      .find('.roboflow-workflow-input')
      .toArray()
      .map((line) => $(line))
  const nameIn = (line: JQuery): string => String(line.find('.roboflow-name').val()).trim()
  const kindIn = (line: JQuery): string => String(line.find('.roboflow-kind').val())

  /** What the server said of the workflow that the dialog holds. */
  let known: Map<string, string[]> | undefined

  /** The add-a-row list of what a workflow is given. */
  export const prepareWorkflowInputs = (given: WorkflowInput[]): void => {
    known = undefined
    list().editableList({
      removable: true,
      height: 'auto',
      addItem: (container: JQuery, _index: number, row: Partial<WorkflowInput>) => addRow(container, row),
      removeItem: markAll,
    })
    for (const row of given) list().editableList('addItem', row)
  }

  const addRow = (container: JQuery, given: Partial<WorkflowInput>): void => {
    const row = { ...newRow(), ...given }
    const line = $('<div class="roboflow-workflow-input">').appendTo(container)
    const fields = $('<div>').css({ display: 'flex', gap: '6px', alignItems: 'center' }).appendTo(line)
    const name = $('<input type="text" class="roboflow-name">')
      .css({ flex: '1 1 28%', width: 'auto', minWidth: 0 })
      .attr({ placeholder: workflowText('input.name'), 'aria-label': workflowText('input.name') })
      .val(row.name)
      .appendTo(fields)
    const kind = $(`<select class="roboflow-kind">${kinds()}</select>`)
      .css({ flex: '0 0 110px', width: 'auto' })
      .attr('aria-label', workflowText('input.kind'))
      .val(row.kind)
      .appendTo(fields)
    const holder = $('<div>').css({ flex: '1 1 45%', minWidth: 0 }).appendTo(fields)
    const value = $('<input type="text" class="roboflow-value">').css({ width: '100%' }).appendTo(holder)
    $('<div class="roboflow-about">').appendTo(line)
    value.val(row.value).typedInput({ types: typesFor(row.kind) })
    value.typedInput('type', row.type)
    value.typedInput('value', row.value)
    const nameValue = () =>
      nameTypedInput(value, { 'aria-label': nameIn(line) || workflowText('input.value') })
    nameValue()
    name.on('change keyup', () => {
      nameValue()
      markAll()
    })
    kind.on('change', () => value.typedInput('types', typesFor(kindIn(line))))
    container.parent().find('.red-ui-editableList-item-remove').attr('aria-label', text('accessible.remove'))
    markAll()
  }

  const kinds = (): string =>
    `<option value="image">${workflowText('input.image')}</option><option value="parameter">${workflowText('input.parameter')}</option>`

  const typesFor = (kind: string): (string | object)[] =>
    kind === 'image' ? imageTypes() : ['str', 'num', 'bool', 'json', ...anywhere]

  const newRow = (): WorkflowInput =>
    rowFor('', lines().some((line) => kindIn(line) === 'image') ? [] : ['image'])

  /** A row for an input of these kinds; the first image is where most messages bring one. */
  const rowFor = (name: string, kindsOfInput: string[]): WorkflowInput => {
    if (!kindsOfInput.some((kind) => kind.includes('image')))
      return { name, kind: 'parameter', value: '', type: 'str' }
    const isFirst = !lines().some((line) => kindIn(line) === 'image' && (!known || known.has(nameIn(line))))
    return { name, kind: 'image', value: isFirst ? 'payload' : name, type: 'msg' }
  }

  /** Adds what a workflow takes and the list lacks, and says of each row whether the workflow knows it. */
  export const fillWorkflowInputs = (inputs: KindsOfInputs): void => {
    known = new Map(Object.entries(inputs))
    const listed = lines().map(nameIn)
    for (const [name, kindsOfInput] of Object.entries(inputs))
      if (!listed.includes(name)) list().editableList('addItem', rowFor(name, kindsOfInput))
    markAll()
  }

  /** Nothing is known any more of the workflow that the dialog holds. */
  export const forgetWorkflow = (): void => {
    known = undefined
    markAll()
  }

  const markAll = (): void => {
    const names = lines().map(nameIn)
    for (const line of lines()) {
      const name = nameIn(line)
      const isUsable = name !== '' && names.indexOf(name) === names.lastIndexOf(name)
      line.find('.roboflow-name').toggleClass('input-error', !isUsable)
      const isForeign = known !== undefined && name !== '' && !known.has(name)
      const about = isForeign ? workflowText('input.unknown') : (known?.get(name)?.join(', ') ?? '')
      line.find('.roboflow-about').text(about).toggleClass('roboflow-bad', isForeign)
    }
  }

  /** What the list holds; a row that nobody filled in is none. */
  export const workflowInputsFromDialog = (): WorkflowInput[] =>
    lines()
      .map((line) => {
        const value = line.find('.roboflow-value')
        return {
          name: nameIn(line),
          kind: kindIn(line) as WorkflowInput['kind'],
          value: value.typedInput('value'),
          type: value.typedInput('type'),
        }
      })
      .filter(({ name, value }) => name !== '' || value !== '')
}
