namespace roboflow {
  const parts =
    '.red-ui-typedInput-input, .red-ui-typedInput-option-trigger, .red-ui-typedInput-type-select, .red-ui-typedInput-container select, .red-ui-typedInput-option-expand'

  /** Names what a TypedInput shows. */
  export const nameTypedInput = (input: JQuery, name: { [attribute: string]: string }): void => {
    input.next('.red-ui-typedInput-container').find(parts).attr(name)
  }

  /** Lets labels, the Tab key and screen readers reach what Node-RED's widgets show in the open dialog. */
  export const makeAccessible = (form: JQuery): void => {
    form.find('label[for]').each((_index, element) => {
      const label = $(element)
      const property = String(label.attr('for'))
      const id = `${property}-label`
      // without the icon, which a screen reader would try to spell
      const words = label.find('span').first()
      ;(words.length > 0 ? words : label).attr('id', id)
      // the label is for an input that Node-RED hides
      const input = form.find(`#${property}.red-ui-typedInput`)
      nameTypedInput(input, { 'aria-labelledby': id })
      label.on('click', () =>
        input.next().find(parts).not('button').filter(':visible').first().trigger('focus'),
      )
      // the pencil and the plus beside a configuration node are links that lead nowhere
      const buttons = label.parent().find('a.red-ui-button[id*="-btn-"]')
      buttons.each((_at, link) => makeButton($(link), id))
    })
  }

  const makeButton = (link: JQuery, labelId: string): void => {
    const id = String(link.attr('id'))
    const does = id.endsWith('-add') ? text('accessible.add') : text('accessible.edit')
    link.attr({ role: 'button', tabindex: 0, 'aria-label': does, 'aria-labelledby': `${id} ${labelId}` })
    link.on('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      link.trigger('click')
    })
  }
}
