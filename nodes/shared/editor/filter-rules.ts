namespace roboflow {
  /** A line of filter's list: all of it texts, as they are typed. */
  type Rule = Record<string, string>

  interface FilterNode {
    rules: Rule[]
    outputFor: string
    restOutput: boolean
  }

  export const filterText = (key: string): string =>
    RED._(`node-red-contrib-roboflow/roboflow-filter:roboflow-filter.${key}`)

  /** What a rule holds where nothing is filled in, as the first one of a new node. */
  const fresh = (): Rule => RED.nodes.getType('roboflow-filter').defaults.rules.value[0]

  /** Which typed-in values a TypedInput takes, of those that have one. */
  const typesOf: Record<string, string[]> = { classes: ['str', 'json'], minConfidence: ['num'] }
  const choicesOf: Record<string, string[]> = {
    sizeOf: ['area', 'width', 'height'],
    regionOf: ['centre', 'box'],
    unit: ['fraction', 'pixels'],
    topBy: ['confidence', 'size'],
  }
  /** The lines of a rule, and which of its values stand in each. */
  const usual = [['name'], ['classes'], ['minConfidence', 'maxConfidence']]
  const further = [['sizeOf', 'minSize', 'maxSize'], ['regionOf', 'region'], ['unit'], ['top', 'topBy']]

  const list = () => $('#roboflow-filter-rules')
  const items = (): JQuery[] =>
    (list().editableList('items').toArray() as HTMLElement[]).map((item) => $(item))
  const field = (item: JQuery, property: string): JQuery => item.find(`[data-property="${property}"]`)

  const elementFor = (property: string): string => {
    const about = `data-property="${property}" aria-label="${filterText(`rule.${property}`)}"`
    const choices = choicesOf[property]
    if (choices) {
      const options = choices.map(
        (value) => `<option value="${value}">${filterText(`${property}.${value}`)}</option>`,
      )
      return `<select ${about}>${options.join('')}</select>`
    }
    return `<input type="text" ${about} placeholder="${filterText(`placeholder.${property}`)}">`
  }

  const ruleLine = (properties: string[]): string => {
    const [first = ''] = properties
    return `<div class="roboflow-rule-line" data-line="${first}"><span>${filterText(`rule.${first}`)}</span><div>${properties.map(elementFor).join('')}</div></div>`
  }

  /** The add-a-row list of what is taken. */
  export const prepareRules = (node: FilterNode): void => {
    list().editableList({
      removable: true,
      sortable: true,
      height: 'auto',
      addItem: (container: JQuery, _index: number, given: { rule?: Rule; before?: number }) =>
        addRule(container, given.rule ?? fresh()),
    })
    for (const [before, rule] of node.rules.entries()) list().editableList('addItem', { rule, before })
    $('#node-input-outputFor').on('change', showNames)
    showNames()
  }

  const addRule = (container: JQuery, rule: Rule): void => {
    container
      .addClass('roboflow-rule')
      .append(
        usual.map(ruleLine).join(''),
        $('<details>').append($('<summary>').text(filterText('rule.more')), further.map(ruleLine).join('')),
      )
    for (const [property, value] of Object.entries({ ...fresh(), ...rule }))
      field(container, property).val(value)
    for (const [property, types] of Object.entries(typesOf)) {
      const input = field(container, property)
      input.typedInput({ types: [...types, ...anywhere] })
      input.typedInput('type', rule[`${property}Type`] ?? types[0])
      input.typedInput('value', rule[property] ?? '')
      nameTypedInput(input, { 'aria-label': filterText(`rule.${property}`) })
    }
    const isUsed = ['minSize', 'maxSize', 'region', 'top'].some((property) => rule[property])
    container.find('details').attr('open', isUsed ? '' : null)
    container.parent().find('.red-ui-editableList-item-remove').attr('aria-label', text('accessible.remove'))
    container.on('change keyup', mark)
    showNames()
  }

  /** A rule has a name where it has an output. */
  const showNames = (): void => {
    list()
      .find('[data-line="name"]')
      .toggle($('#node-input-outputFor').val() === 'each')
    mark()
  }

  const ruleIn = (item: JQuery): Rule => {
    const rule: Rule = {}
    for (const property of Object.keys(fresh())) {
      const [, base] = /^(.+)Type$/.exec(property) ?? []
      const input = field(item, base ?? property)
      if (base) rule[property] = input.typedInput('type')
      else rule[property] = property in typesOf ? input.typedInput('value') : String(input.val()).trim()
    }
    return rule
  }

  const mark = (): void => {
    for (const item of items()) {
      const rule = ruleIn(item)
      for (const property of Object.keys(fresh())) {
        const input = field(item, property)
        const shown = property in typesOf ? input.next('.red-ui-typedInput-container') : input
        shown.toggleClass('input-error', problemOf(rule, property) !== undefined)
      }
    }
  }

  const isNumberFrom = (value: string, least: number, most: number): boolean =>
    value.trim() !== '' && Number(value) >= least && Number(value) <= most

  /** What is wrong with a value that is filled in: the key of a sentence. */
  const problemOf = (rule: Rule, property: string): string | undefined => {
    const value = String(rule[property] ?? '')
    if (value === '') return undefined
    const most = rule.unit === 'fraction' ? 1 : Number.POSITIVE_INFINITY
    switch (property) {
      case 'minConfidence':
        return rule.minConfidenceType !== 'num' || isNumberFrom(value, 0, 1) ? undefined : 'fraction'
      case 'maxConfidence':
        return isNumberFrom(value, 0, 1) ? undefined : 'fraction'
      case 'minSize':
      case 'maxSize':
        if (isNumberFrom(value, 0, most)) return undefined
        return most === 1 ? 'part' : 'number'
      case 'top':
        return /^[1-9]\d*$/.test(value) ? undefined : 'count'
      case 'region':
        return isRegion(value) ? undefined : 'region'
      default:
        return undefined
    }
  }

  const isRegion = (value: string): boolean => {
    const numbers = value.replace(/[[\]]/g, '').split(',')
    return (
      numbers.length >= 4 &&
      numbers.length % 2 === 0 &&
      numbers.every((number) => number.trim() !== '' && Number.isFinite(Number(number)))
    )
  }

  /** What is wrong with the first rule that has something wrong, in words. */
  export const problemOfRules = (rules: Rule[]): string | undefined => {
    const keys = rules.flatMap((rule) =>
      Object.keys(rule).flatMap((property) => problemOf(rule, property) ?? []),
    )
    const [key] = keys
    return key && filterText(`error.${key}`)
  }

  /** Takes over the rules, and says which output becomes which, so that wires stay with their rules. */
  export const saveRules = (node: FilterNode): void => {
    const before = outputsOf(
      node.outputFor,
      node.rules.map((_rule, index) => index),
      node.restOutput,
    )
    const given = items().map((item) => (item.data('data') as { before?: number }).before)
    const after = outputsOf(
      String($('#node-input-outputFor').val()),
      given,
      $('#node-input-restOutput').is(':checked'),
    )
    node.rules = items().map(ruleIn)
    if (node.rules.length === 0) node.rules = [{ ...fresh() }]
    const kept = before.map((output, index) => [index, after.indexOf(output)])
    // the editor takes what is no number for a new output
    const added = after.flatMap((output, index) => (before.includes(output) ? [] : [[`new ${index}`, index]]))
    $('#node-input-outputs').val(JSON.stringify(Object.fromEntries([...kept, ...added])))
  }

  /** What each output is for: which rule, by its place before, or the rest. The one for all has the first one's wires. */
  const outputsOf = (
    outputFor: string,
    rules: (number | undefined)[],
    withRest: boolean,
  ): (number | string | undefined)[] => {
    if (outputFor !== 'each') return [0]
    const each = (rules.length > 0 ? rules : [0]).map((before, index) => before ?? `new ${index}`)
    return withRest ? [...each, 'rest'] : each
  }
}
