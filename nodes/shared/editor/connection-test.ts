namespace roboflow {
  interface TestAnswer {
    name: string
    version: string
    milliseconds: number
    /** Absent for the hosted API. */
    models?: number
  }

  /** The button of the server's dialog. */
  export const prepareConnectionTest = (id: string, settings: () => object): void =>
    prepareAskButton<TestAnswer>('#roboflow-test', {
      url: () => `roboflow/${id}/test`,
      held: settings,
      say: (answer) =>
        answer.models === undefined
          ? RED._(`${catalogue}test.goodHosted`, answer)
          : RED._(`${catalogue}test.good`, answer),
    })
}
