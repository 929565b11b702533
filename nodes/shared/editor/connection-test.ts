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
    const held = () => JSON.stringify(settings())
    let asked = ''
    // an answer is about what was asked, and not about what is typed in its place
    place.closest('form').on('change keyup', () => {
      if (asked && held() !== asked) show('', '')
    })
    $('#roboflow-test').on('click', (event) => {
      event.preventDefault()
      const sent = held()
      asked = sent
      const isStillMeant = () => held() === sent
      show('', text('test.asking'))
      $.ajax({
        url: `roboflow/${id}/test`,
        method: 'POST',
        contentType: 'application/json',
        data: sent,
      }).then(
        (answer: TestAnswer) => {
          const words =
            answer.models === undefined
              ? RED._(`${catalogue}test.goodHosted`, answer)
              : RED._(`${catalogue}test.good`, answer)
          if (isStillMeant()) show('roboflow-good', `✓ ${words}`)
        },
        (failed: JQuery.jqXHR) => {
          const words = failed.responseJSON?.message ?? `${failed.status} ${failed.statusText}`
          if (isStillMeant()) show('roboflow-bad', `✗ ${words}`)
        },
      )
    })
  }
}
