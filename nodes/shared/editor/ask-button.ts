namespace roboflow {
  interface Question<Answer> {
    /** Where it is sent. */
    url(): string
    /** What the form holds, or words that say why it cannot be asked. */
    held(): object | string
    /** Words for what came back. */
    say(answer: Answer): string
    /** Words for where nobody knows what is asked about. */
    unknown?: string
    /** The form holds something else now. */
    forget?(): void
  }

  /** A button that sends what the form holds, deployed or not, and shows what came back in `<button>-answer`. */
  export const prepareAskButton = <Answer>(button: string, question: Question<Answer>): void => {
    const place = $(`${button}-answer`)
    const show = (className: string, words: string) =>
      place.attr('class', `roboflow-answer ${className}`).text(words)
    const held = () => JSON.stringify(question.held())
    let asked = ''
    // an answer is about what was asked, and not about what is typed in its place
    place.closest('form').on('change keyup', () => {
      if (!asked || held() === asked) return
      show('', '')
      question.forget?.()
    })
    $(button).on('click', (event) => {
      event.preventDefault()
      const asking = question.held()
      const sent = held()
      asked = sent
      if (typeof asking === 'string') {
        show('roboflow-bad', `✗ ${asking}`)
        return
      }
      const isStillMeant = () => held() === sent
      show('', text('test.asking'))
      $.ajax({ url: question.url(), method: 'POST', contentType: 'application/json', data: sent }).then(
        (answer: Answer) => {
          if (isStillMeant()) show('roboflow-good', `✓ ${question.say(answer)}`)
        },
        (failed: JQuery.jqXHR) => {
          const unknown = failed.status === 404 ? question.unknown : undefined
          const words = unknown ?? failed.responseJSON?.message ?? `${failed.status} ${failed.statusText}`
          if (isStillMeant()) show('roboflow-bad', `✗ ${words}`)
        },
      )
    })
  }
}
