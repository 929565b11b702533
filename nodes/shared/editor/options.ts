namespace roboflow {
  /** A TypedInput type that offers some values. */
  export const choice = (values: string[], label = text('type.choice')): object => ({
    value: 'str',
    label,
    icon: 'fa fa-list-ul',
    options: values.map((value) => ({ value, label: value })),
  })

  const words = (list: unknown): string[] => (typeof list === 'string' ? list.split(' ') : [])

  /** Makes a TypedInput of each option of the open dialog that has a line of its own. */
  export const prepareOptions = (): void => {
    $('.roboflow-option').each((_index, element) => {
      const input = $(element)
      const choices = words(input.data('choices'))
      input.typedInput({
        typeField: `#${element.id}Type`,
        types: [...words(input.data('types')), ...(choices.length > 0 ? [choice(choices)] : []), ...anywhere],
      })
    })
  }

  /** The configuration fields that have a line of their own in the open dialog. */
  export const fieldsWithOwnLine = (): string[] =>
    $('.roboflow-option[data-field]')
      .toArray()
      .map((element) => String($(element).data('field')))
}
