import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import * as errors from '../../src/errors'

const call = (facts: Partial<ConstructorParameters<typeof errors.HTTPCallErrorError>[0]>) =>
  new errors.HTTPCallErrorError({
    statusCode: 422,
    cause: 'The server could not accept an option',
    hint: undefined,
    place: 'POST http://stub/infer/object_detection',
    description: '422 Unprocessable Entity from POST http://stub/infer/object_detection',
    apiMessage: undefined,
    ...facts,
  })

const examples: [errors.HTTPClientError, name: string, code: string][] = [
  [call({}), 'HTTPCallErrorError', 'HTTP_CALL_ERROR'],
  [call({ code: 'IMAGE_URL_ERROR' }), 'HTTPCallErrorError', 'IMAGE_URL_ERROR'],
  [new errors.HTTPServerConnectionError('R', 'w'), 'HTTPServerConnectionError', 'SERVER_CONNECTION_ERROR'],
  [new errors.HTTPServerTimeoutError('w'), 'HTTPServerTimeoutError', 'TIMEOUT'],
  [new errors.InvalidResponseError('w'), 'InvalidResponseError', 'INVALID_RESPONSE'],
  [new errors.InvalidInputFormatError('w'), 'InvalidInputFormatError', 'INVALID_INPUT_FORMAT'],
  [new errors.EncodingError('w'), 'EncodingError', 'ENCODING_ERROR'],
  [new errors.InvalidURLImageInput('w'), 'InvalidURLImageInput', 'INVALID_URL_IMAGE_INPUT'],
  [new errors.URLAddressNotAllowedError('w'), 'URLAddressNotAllowedError', 'URL_ADDRESS_NOT_ALLOWED'],
  [new errors.InvalidModelIdentifier('w'), 'InvalidModelIdentifier', 'INVALID_MODEL_IDENTIFIER'],
  [new errors.ModelNotSelectedError(), 'ModelNotSelectedError', 'MODEL_NOT_SELECTED'],
  [new errors.ModelNotInitializedError('a/1'), 'ModelNotInitializedError', 'MODEL_NOT_INITIALIZED'],
  [
    new errors.ModelTaskTypeNotSupportedError('w'),
    'ModelTaskTypeNotSupportedError',
    'MODEL_TASK_TYPE_NOT_SUPPORTED',
  ],
  [new errors.WrongClientModeError('w'), 'WrongClientModeError', 'WRONG_CLIENT_MODE'],
  [new errors.InvalidParameterError('w'), 'InvalidParameterError', 'INVALID_PARAMETER'],
]

describe('errors', () => {
  for (const [error, name, code] of examples) {
    it(`${name} has its own code ${code}, its name and no cause`, () => {
      assert.ok(error instanceof errors.HTTPClientError && error instanceof Error)
      assert.equal(error.name, name)
      assert.ok(Object.hasOwn(error, 'code'))
      assert.equal(error.code, code)
      assert.equal('cause' in error, false)
      assert.equal(Object.keys(error).includes('name'), false)
      assert.ok(inspect(error).startsWith(`${name}: `), inspect(error))
    })
  }

  it('is shown by its message: nobody who sees it in a flow knows the class', () => {
    assert.equal(String(new errors.EncodingError('It is empty.')), 'It is empty.')
  })

  it('says what happened, then what to do', () => {
    const error = new errors.EncodingError('It is empty.', 'Send another one.')
    assert.equal(error.message, 'It is empty. Send another one.')
    assert.equal(error.hint, 'Send another one.')
    assert.equal(new errors.EncodingError('It is empty.').message, 'It is empty.')
  })

  it('has the status, the server’s message and the description as its own properties', () => {
    const error = call({ apiMessage: 'No model.', hint: 'Check it.' })
    for (const name of ['statusCode', 'apiMessage', 'description', 'hint', 'code']) {
      assert.ok(Object.hasOwn(error, name), name)
    }
    assert.equal(error.statusCode, 422)
    assert.equal(error.apiMessage, 'No model.')
    assert.equal(
      error.message,
      'The server could not accept an option (422). Check it. The server says: No model. ' +
        '(POST http://stub/infer/object_detection)',
    )
  })

  it('tells a connection error’s reason, and a timeout from other lost connections', () => {
    assert.equal(new errors.HTTPServerConnectionError('ECONNRESET', 'w').reason, 'ECONNRESET')
    const timeout = new errors.HTTPServerTimeoutError('w')
    assert.ok(timeout instanceof errors.HTTPServerConnectionError)
    assert.equal(timeout.reason, 'TIMEOUT')
  })

  it('makes a sentence of the list that comes with 422', () => {
    const apiMessage = [
      { loc: ['body', 'confidence'], msg: 'Input should be a valid number', type: 'float_type' },
      { loc: ['body', 'image', 0, 'value'], msg: 'Field required' },
      { msg: 'No place' },
      'just a text',
      { odd: 1 },
      null,
    ]
    const error = call({ apiMessage })
    assert.equal(
      error.message,
      'The server could not accept an option (422). The server says: ' +
        'body.confidence: Input should be a valid number; body.image.0.value: Field required; No place; ' +
        'just a text; {"odd":1}; null. (POST http://stub/infer/object_detection)',
    )
    assert.equal(error.apiMessage, apiMessage, 'the list itself stays')
  })

  it('adds nothing where the server said nothing', () => {
    for (const apiMessage of [undefined, '', 'N/A', ' \n ']) {
      assert.equal(call({ apiMessage, cause: 'It failed', place: 'x' }).message, 'It failed (422). (x)')
    }
  })

  it('leaves out details that are none, and a full stop too many', () => {
    const shown = (apiMessage: string) => call({ apiMessage, cause: 'It failed', place: 'x' }).message
    const says = (text: string) => `It failed (422). The server says: ${text} (x)`
    assert.equal(shown('No such block.. More details: None'), says('No such block.'))
    assert.equal(shown('No such block.. More details: y'), says('No such block. More details: y.'))
  })

  it('makes one line of a page, without its tags, and shortens it', () => {
    const page = `<html>\n<h1>502</h1> Bad\n  Gateway ${'x'.repeat(1000)}</html>`
    const { message, apiMessage } = call({ apiMessage: page, description: 'Failed' })
    assert.match(message, /The server says: 502 Bad Gateway x+… \(POST/)
    assert.ok(message.length < 440, `${message.length} characters`)
    assert.equal(apiMessage, page)
  })

  it('looks at the beginning of what a server said, however much it is', () => {
    for (const piece of ['<', '<a', '. More details: None', ' ', '.']) {
      const { message } = call({ apiMessage: piece.repeat(400_000), description: 'Failed' })
      assert.ok(message.length < 440, `${message.length} characters`)
    }
  }).timeout(5_000)

  it('writes an object of the server as JSON', () => {
    assert.match(call({ apiMessage: { why: 'x' } }).message, /The server says: \{"why":"x"\}\. \(POST/)
  })
})
