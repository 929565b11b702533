import assert from 'node:assert/strict'
import { answerInput } from '../../../nodes/shared/answer-input'
import {
  imageInput,
  imageOrTextInput,
  imagesAmong,
  imagesInput,
  imagesOrTextsInput,
  nestedImagesInput,
} from '../../../nodes/shared/image-input'
import {
  choiceInput,
  flagInput,
  type Input,
  listInput,
  type MessageContext,
  numberInput,
  numbersInput,
  objectInput,
  required,
  textInput,
  textsInput,
} from '../../../nodes/shared/inputs'
import { LoadedImage } from '../../../src/index'
import { paint } from '../../support/images'
import { detection } from '../../support/stub-server'
import { fakeRed } from './fake-node'

/** What an input makes of a value in the message. */
const read = <T>(input: Input<T>, value: unknown, properties: object = {}): Promise<T> => {
  const { RED } = fakeRed()
  const context = {
    RED,
    node: {},
    properties: { x: 'payload', xType: 'msg', ...properties },
    msg: { payload: value },
    signal: new AbortController().signal,
    references: { fromMessages: true, fromHttpRequests: false },
    loading: {},
  }
  return input.read(context as unknown as MessageContext, 'x')
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (value) => assert.fail(`accepted as ${JSON.stringify(value)}`),
    ({ code }) => code,
  )

const plain: [name: string, input: Input<unknown>, good: [unknown, unknown][], bad: unknown[]][] = [
  [
    'a text',
    textInput(),
    [
      [' cars/3 ', 'cars/3'],
      [7, '7'],
    ],
    [{}, [], true, Buffer.from('a')],
  ],
  [
    'numbers',
    numbersInput(),
    [
      ['0, 0.5,-1', [0, 0.5, -1]],
      ['[[0, 0], [1, 0], [0.5, 1]]', [0, 0, 1, 0, 0.5, 1]],
      [
        [0, 0.5],
        [0, 0.5],
      ],
      [
        [[0, 1], [2]],
        [0, 1, 2],
      ],
      [7, [7]],
    ],
    ['left', '0; 1', {}, [{}], true],
  ],
  [
    'texts',
    textsInput(),
    [
      ['a, b ,,c', ['a', 'b', 'c']],
      [
        ['a, b', 2],
        ['a, b', '2'],
      ],
      [[], []],
    ],
    [{}, [{}], true],
  ],
  [
    'a number',
    numberInput(),
    [
      [0, 0],
      ['0.5', 0.5],
    ],
    ['many', Number.NaN, Number.POSITIVE_INFINITY, true, []],
  ],
  [
    'a flag',
    flagInput(),
    [
      [false, false],
      ['True', true],
      ['false', false],
    ],
    ['yes', 1, {}],
  ],
  ['a choice', choiceInput(['start', 'stop']), [['stop', 'stop']], ['halt', 1, {}]],
  [
    'a list',
    listInput(),
    [
      [
        [1, {}],
        [1, {}],
      ],
      ['[1, 2]', [1, 2]],
    ],
    [{}, 'a, b', 1],
  ],
  [
    'an object',
    objectInput(),
    [
      [{ a: 1 }, { a: 1 }],
      ['{"a": 1}', { a: 1 }],
    ],
    [[], 'a', 1, Buffer.from('a')],
  ],
]

describe('an input', () => {
  for (const [name, input, good, bad] of plain) {
    describe(`for ${name}`, () => {
      for (const [value, expected] of good)
        it(`takes ${JSON.stringify(value)}`, async () => assert.deepEqual(await read(input, value), expected))

      for (const value of bad)
        it(`refuses ${String(JSON.stringify(value))}`, async () =>
          assert.equal(await codeOf(read(input, value)), 'INVALID_PARAMETER'))

      it('is nothing where it is left blank', async () => {
        for (const value of [undefined, null, '', '  ']) assert.equal(await read(input, value), undefined)
      })

      it('must be there where it is required', async () => {
        assert.equal(await codeOf(read(required(input), '')), 'INVALID_PARAMETER')
      })
    })
  }

  describe('for images', () => {
    let jpeg: Buffer
    before(async () => {
      jpeg = await paint(16, 12)
    })

    it('is one, or one and a list of them', async () => {
      assert.equal((await read(imageInput(), jpeg)).width, 16)
      const images = await read(imagesInput(), [jpeg, jpeg.toString('base64')])
      assert.deepEqual(
        (images as LoadedImage[]).map(({ height }) => height),
        [12, 12],
      )
      assert.equal(await codeOf(read(imageInput(), [jpeg])), 'INVALID_INPUT_FORMAT')
    })

    it('is one, or lists of lists of them, as deep as any workflow takes', async () => {
      const [[image] = []] = (await read(nestedImagesInput(), [[jpeg], []])) as LoadedImage[][]
      assert.equal(image?.width, 16)
      let deep: unknown = jpeg
      for (let depth = 0; depth < 9; depth++) deep = [deep]
      assert.equal(await codeOf(read(nestedImagesInput(), deep)), 'INVALID_INPUT_FORMAT')
    })

    it('weighs what all of them do, at whatever depth, and never looks for ever', () => {
      const { RED } = fakeRed()
      const weigh = (payload: unknown) =>
        nestedImagesInput().weight?.(
          { RED, msg: { payload }, properties: { x: 'payload', xType: 'msg' } },
          'x',
        )
      const bytes = jpeg.length
      assert.deepEqual([weigh(jpeg), weigh([jpeg, [jpeg, [jpeg]]]), weigh([[]])], [bytes, 3 * bytes, 0])
      const endless: unknown[] = [jpeg]
      endless.push(endless, endless)
      assert.ok((weigh(endless) ?? 0) >= bytes)
    })

    it('or texts is what the dialog says beside it, and never guessed', async () => {
      assert.equal(await read(imageOrTextInput(), 'a cat', { xKind: 'text' }), 'a cat')
      assert.deepEqual(await read(imagesOrTextsInput(), ['a cat', 'a dog'], { xKind: 'text' }), [
        'a cat',
        'a dog',
      ])
      assert.ok((await read(imageOrTextInput(), jpeg, { xKind: 'image' })) instanceof LoadedImage)
      assert.equal(await codeOf(read(imageOrTextInput(), 'a cat')), 'INVALID_INPUT_FORMAT')
      assert.equal(await codeOf(read(imageOrTextInput(), jpeg, { xKind: 'text' })), 'INVALID_PARAMETER')
    })

    it('weighs about as much as it takes, and is not looked through for that', () => {
      const { RED } = fakeRed()
      const weigh = (payload: unknown) =>
        imagesInput().weight?.(
          { RED, msg: { payload }, properties: { x: 'payload', xType: 'msg' } } as unknown as MessageContext,
          'x',
        )
      assert.equal(weigh(jpeg), jpeg.length)
      assert.equal(weigh([jpeg, jpeg]), 2 * jpeg.length)
      assert.equal(weigh({ type: 'Buffer', data: [1, 2, 3] }), 3)
      assert.equal(weigh({ bitmap: { data: jpeg, width: 1, height: 1 } }), jpeg.length)
      assert.equal(weigh({ data: new Array(2 ** 32 - 1) }), 2 ** 32 - 1)
      assert.equal(weigh(new Array(2 ** 32 - 1)), 0)
      assert.equal(weigh(undefined), 0)
    })

    it('refuses a list of a hundred million in no time and no memory', async () => {
      const before = process.memoryUsage().rss
      assert.equal(await codeOf(read(imagesInput(), new Array(1e8))), 'INVALID_INPUT_FORMAT')
      assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20)
    })

    it('travels on as that of the first input that has any', async () => {
      const image = await read(imageInput(), jpeg)
      assert.equal(imagesAmong({ model: 'cars/3', subject: image, prompt: ['a'] }), image)
      assert.deepEqual(imagesAmong({ image: [] }), [])
      assert.equal(imagesAmong({ text: 'a', list: ['a'] }), undefined)
    })
  })

  it('for an answer takes every kind that we give, and lists of them', async () => {
    const answers = [
      detection,
      { predictions: { dog: { confidence: 0.9 } }, predicted_classes: ['dog'] },
      { result: 'A 1', predictions: null },
      [detection, detection],
      [],
    ]
    for (const answer of answers) assert.equal(await read(answerInput(), answer), answer)
    for (const value of [undefined, 'cat', { status: 'ok' }, [detection, null], { predictions: 'none' }])
      assert.equal(await codeOf(read(answerInput(), value)), 'INVALID_PARAMETER')
  })
})
