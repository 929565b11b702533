namespace roboflow {
  interface TestAnswer {
    name: string
    version: string
    milliseconds: number
    /** Absent for the hosted API. */
    models?: number
  }

  /** The button of the server's dialog: sends what the form holds, deployed or not, and shows what came back. */
  export const prepareConnectionTest = (id: string, settings: () => object): void => {
    const place = $('#roboflow-test-answer')
    const show = (className: string, words: string) =>
      place.attr('class', `roboflow-answer ${className}`).text(words)
    $('#roboflow-test').on('click', (event) => {
      event.preventDefault()
      show('', text('test.asking'))
      $.ajax({
        url: `roboflow/${id}/test`,
        method: 'POST',
        contentType: 'application/json',
        data: JSON.stringify(settings()),
      }).then(
        (answer: TestAnswer) => {
          const words =
            answer.models === undefined
              ? RED._(`${catalogue}test.goodHosted`, answer)
              : RED._(`${catalogue}test.good`, answer)
          show('roboflow-good', `✓ ${words}`)
        },
        (failed: JQuery.jqXHR) =>
          show(
            'roboflow-bad',
            `✗ ${failed.responseJSON?.message ?? `${failed.status} ${failed.statusText}`}`,
          ),
      )
    })
  }
}
