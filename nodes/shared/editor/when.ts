namespace roboflow {
  const valueNow = (input: JQuery): string =>
    input.is(':checkbox') ? String(input.is(':checked')) : String(input.val() ?? '')

  /** Shows each line that names a condition (`data-when="kind=text"`) only while it holds. */
  export const showWhatApplies = (): void => {
    $('#dialog-form [data-when]').each((_index, element) => {
      const line = $(element)
      const [property = '', values = ''] = String(line.data('when')).split('=')
      const input = $(`#node-input-${property}`)
      const show = () => line.toggle(values.split(' ').includes(valueNow(input)))
      input.on('change', show)
      show()
    })
  }
}
