// The tables that people read.

const columns = [
  ['image', -10, ({ image }) => image],
  ['API', -4, ({ version }) => version],
  ['downsizing', -11, ({ downsizing, shrinks }) => (shrinks ? 'on, shrinks' : downsizing ? 'on' : 'off')],
  ['at once', 8, ({ atOnce }) => atOnce],
  ['SDK', 10, ({ measured }) => speed(measured.sdk)],
  ['floor', 7, ({ measured }) => speed(measured.floor)],
  ['ours', 7, ({ measured }) => speed(measured.ours)],
  ['÷ SDK', 9, ({ ratios }) => ratio(ratios['ours ÷ sdk'])],
  ['÷ floor', 8, ({ ratios }) => ratio(ratios['ours ÷ floor'])],
  ['SDK', 10, ({ measured }) => milliseconds(measured.sdk)],
  ['floor', 7, ({ measured }) => milliseconds(measured.floor)],
  ['ours', 7, ({ measured }) => milliseconds(measured.ours)],
]

const speed = (values) => (values ? String(Math.round(values.speed)) : '')
const milliseconds = (values) => (values ? values.cpuMs.toFixed(2) : '')
const ratio = (values) => (values ? values.value.toFixed(2) : '')

const pad = (text, width) => (width < 0 ? String(text).padEnd(-width) : String(text).padStart(width))
const line = (textOf) => columns.map((column) => pad(textOf(column), column[1])).join(' ')

const speedTable = (results) =>
  results.length === 0
    ? []
    : [
        `${' '.repeat(37)}images per second           ours, ratio         CPU ms per image`,
        line(([title]) => title),
        ...results.map((result) => line(([, , value]) => value(result))),
      ]

const streamTable = (results) =>
  results.length === 0
    ? []
    : [
        'videos of 1280×720: the SDK, our inferOnStream, our nodes in Node-RED',
        '                             frames/s: SDK    ours   nodes   ours÷SDK nodes÷ours   CPU ms per frame: SDK  ours* nodes*   bytes: SDK     ours    nodes',
        ...results.map(({ name, measured: { sdk, ours, flow }, ratios }) =>
          [
            pad(name, -32),
            pad(speed(sdk), 9),
            pad(speed(ours), 7),
            pad(speed(flow), 7),
            pad(ratio(ratios['ours ÷ sdk']), 10),
            pad(ratio(ratios['flow ÷ ours']), 10),
            pad(milliseconds(sdk), 23),
            pad(milliseconds(ours), 6),
            pad(milliseconds(flow), 6),
            pad(sdk.bytes, 12),
            pad(ours.bytes, 8),
            pad(flow?.bytes ?? '', 8),
          ].join(' '),
        ),
        '* without ffmpeg, which is a process of its own',
      ]

const liveTable = (live) => {
  if (!live) return []
  const { age, triggers, cameras, most } = live
  const ms = (value) => value.toFixed(1)
  return [
    'cameras of 1280×720 in Node-RED; ms',
    `  age at the request, server 200 ms   p50 ${ms(age.p50)}  p95 ${ms(age.p95)}  (${age.frames} frames)`,
    ...Object.entries(triggers).map(
      ([name, { p50, p99, triggers: count }]) =>
        `  ${pad(`trigger to request, ${name}`, -35)} p50 ${ms(p50)}  p99 ${ms(p99)}  (${count} triggers)`,
    ),
    `  ${cameras.count} cameras at 5 frames/s: the least gets ${cameras.least.toFixed(2)}/s; event loop p99 ${ms(cameras.loop)}`,
    ...(most ? [`  so many cameras at 5 frames/s this machine carries: ${most}`] : []),
  ]
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`

const memoryTable = (results) =>
  results.flatMap(({ name, messages, first, last, seconds }) => [
    `${name}: ${messages} messages in ${seconds.toFixed(0)} s; after ${first.messages} and at the end`,
    `  used     ${megabytes(first.used)} → ${megabytes(last.used)}`,
    `  resident ${megabytes(first.resident)} → ${megabytes(last.resident)}`,
  ])

const drawingTable = (results) =>
  results.map(({ name, measured: { pureimage, ours } }) => {
    const each = ({ speed: perSecond }) => `${(1000 / perSecond).toFixed(1)} ms`
    return `${name}: pureimage ${each(pureimage)}, ours ${each(ours)}, in which others wait ${ours.delay.toFixed(1)} ms at most, 99 of 100 times`
  })

const builtInTable = (results) =>
  results.flatMap(({ name, parameters, measured }) => {
    const { server, native, wasm } = measured
    const each = ({ speed: perSecond, delay }) =>
      `${perSecond.toFixed(1)} images/s, in which others wait ${delay.toFixed(1)} ms at most, 99 of 100 times`
    return [
      `${name} (${(parameters / 1e6).toFixed(2)} M parameters), one after the other`,
      `  the real server over HTTP  ${each(server)}`,
      `  onnxruntime-node           ${each(native)}`,
      `  WebAssembly                ${each(wasm)}`,
    ]
  })

/** Of a small number, one digit more. */
const digits = (value) => value.toFixed(value < 0.1 ? 3 : 2)

const verdictLine = ({ met, text, value, limit, lowest, highest }) => {
  const spread = lowest === undefined ? '' : `; rounds ${digits(lowest)} to ${digits(highest)}`
  return `${met ? '✓' : '✗'} ${text}: ${digits(value)} (${limit}${spread})`
}

module.exports = {
  speedTable,
  streamTable,
  liveTable,
  memoryTable,
  drawingTable,
  builtInTable,
  verdictLine,
}
