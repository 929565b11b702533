/** A key that a source uses: written out, or with `*` where only the running program knows. */
export interface UsedKey {
  key: string
  /** The set whose catalogue it is looked up in; undefined: that of the file's own node. */
  set: string | undefined
}

const split = (key: string): UsedKey => {
  const [, set, rest] = /^(?:node-red-contrib-roboflow\/)?(roboflow-[a-z-]+|node-red):(.*)$/.exec(key) ?? []
  return rest === undefined ? { key, set: undefined } : { key: rest, set }
}

/** Keys in the attributes of a dialog: `data-i18n="[placeholder]a.b"`. */
export const keysInHtml = (html: string): UsedKey[] =>
  [...html.matchAll(/data-i18n="([^"]*)"/g)]
    .flatMap(([, value = '']) => value.split(';'))
    .map((part) => split(part.replace(/^\[\w+\]/, '')))

/** Keys that a script looks up by `RED._(…)` or `this._(…)`, also by way of a small function around that. */
export const keysInScript = (script: string): UsedKey[] => {
  const found: string[] = []
  for (const { start, argument } of calls(script, /\._(?=\()/g)) {
    const patterns = patternsOf(argument, constantsOf(script))
    const around = /(#?\w+)(?: = )?\((\w+)(?:: \w+)?\)(?:: \w+)?(?: =>| \{)[^{}]*$/.exec(
      script.slice(Math.max(0, start - 120), start),
    )
    const [, name = '', parameter = ''] = around ?? []
    const wrapped = patterns.some((pattern) => pattern.includes(`<${parameter}>`))
    if (!around || !wrapped) found.push(...patterns)
    else {
      for (const { argument: given } of calls(
        script,
        new RegExp(`(?<![\\w.])(?:this\\.|roboflow\\.)?${name}(?=\\(['\`])`, 'g'),
      )) {
        for (const value of patternsOf(given, {})) {
          found.push(...patterns.map((pattern) => pattern.replace(`<${parameter}>`, value)))
        }
      }
    }
  }
  return found.map((pattern) => split(pattern.replace(/<\w+>/g, '*')))
}

/** `const set = '…'` and `const which = x ? 'a' : 'b'` → their values. */
const constantsOf = (script: string): Record<string, string[]> => {
  const found: Record<string, string[]> = {}
  for (const [, name = '', value = ''] of script.matchAll(/const (\w+) = ('[^']*'|.* \? .*)$/gm)) {
    const literals = [...value.matchAll(/(?:^|[?:] )'([^']+)'/g)].map(([, text]) => text ?? '')
    if (literals.length > 0) found[name] = literals
  }
  return found
}

/** The first argument of each call, as written. */
const calls = (script: string, callee: RegExp) =>
  [...script.matchAll(callee)].map((match) => {
    const start = match.index
    let at = script.indexOf('(', start) + 1
    const begin = at
    let depth = 0
    let quote = ''
    for (; at < script.length; at++) {
      const letter = script[at] ?? ''
      if (quote) {
        if (letter === quote) quote = ''
        else if (quote === '`' && script.startsWith('${', at)) at = script.indexOf('}', at)
      } else if (/['"`]/.test(letter)) quote = letter
      else if (letter === '(') depth++
      else if (letter === ')' && depth-- === 0) break
      else if (letter === ',' && depth === 0) break
    }
    return { start, argument: script.slice(begin, at) }
  })

/** What an expression may be: `'a.b'`, `x ? 'a' : 'b'`, `'a.' + key`, `` `a.${key}` ``. Names stand as `<name>`. */
const patternsOf = (expression: string, constants: Record<string, string[]>): string[] => {
  const [, , first, second] = /^([\s\S]+?) \? ([^?]+?) : ([^?]+)$/.exec(expression) ?? []
  if (first && second && !expression.startsWith('`')) {
    return [...patternsOf(first, constants), ...patternsOf(second, constants)]
  }
  const template = expression
    .split(' + ')
    .map((part) => (/^['`"]/.test(part.trim()) ? part.trim().slice(1, -1) : `\${${part.trim()}}`))
    .join('')
  let patterns = ['']
  for (const [piece] of template.matchAll(/\$\{[^}]*\}|[^$]+|\$/g)) {
    const inner = /^\$\{(.*)\}$/.exec(piece)?.[1]
    const choices = inner === undefined ? [piece] : choicesOf(inner, constants)
    patterns = patterns.flatMap((pattern) => choices.map((choice) => pattern + choice))
  }
  return patterns
}

const choicesOf = (inner: string, constants: Record<string, string[]>): string[] => {
  const literals = [...inner.matchAll(/'([^']*)'/g)].map(([, text]) => text ?? '')
  if (literals.length > 0) return literals
  return constants[inner] ?? [`<${/^\w+$/.test(inner) ? inner : 'something'}>`]
}
