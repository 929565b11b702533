namespace roboflow {
  interface TestAnswer {
    name: string
    version: string
    milliseconds: number
    /** Of a built-in server: how many models its folder has, and which. */
    inFolder?: number
    ids?: string
    /** Absent for the hosted API. */
    models?: number
  }

  /** The button of the server's dialog. */
  export const prepareConnectionTest = (id: string, settings: () => object): void =>
    prepareAskButton<TestAnswer>('#roboflow-test', {
      url: () => `roboflow/${id}/test`,
      held: settings,
      say: (answer) => {
        if (answer.inFolder) return RED._(`${catalogue}test.goodFolder`, answer)
        return answer.models === undefined
          ? RED._(`${catalogue}test.goodHosted`, answer)
          : RED._(`${catalogue}test.good`, answer)
      },
    })
}
