/**
 * What the dialogs of this package share. A template names a line by an empty element, which is filled in before any
 * dialog opens, so that Node-RED finds the inputs where it expects them:
 *
 *     <div data-roboflow-row="name" data-i18n="…:missing"></div>   the first line of all
 *     <div data-roboflow-row="server"></div>                       a line that several dialogs have, from the files here
 *     <div data-roboflow-option="overlap" …></div>                 a value of this node's own, typed in or from elsewhere
 *     <div data-roboflow-select="kind" data-choices="image text">  a choice of this node's own, its words in the catalogue
 *     <div data-roboflow-text="ffmpegPath"></div>                  a text or number of this node's own, as it is typed
 *     <div data-roboflow-tick="annotations"></div>                 a tick box of this node's own, with a whole sentence
 *
 * `data-when="kind=text"` shows a line only while that property has this value, or one of several.
 * Without this file the sentence of the first line stays, and says so.
 */
namespace roboflow {
  export const catalogue = 'node-red-contrib-roboflow/roboflow-config:'

  /** The shared lines by name; each file beside this one adds its own. */
  export const rows: Record<string, string> = {}

  export const text = (key: string): string => RED._(catalogue + key)

  const shownWhen = (when: string | undefined): string => (when ? ` data-when="${when}"` : '')

  /** A line with a label, an icon, and what stands beside it; `label` is a key of a catalogue. */
  const line = (property: string, icon: string, label: string, input: string, when?: string): string => `
    <div class="form-row"${shownWhen(when)}>
      <label for="node-input-${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${label}"></span></label>
      ${input}
    </div>`

  /** A line with a tick box and a whole sentence. */
  const tick = (property: string, label: string, when?: string): string => `
    <div class="form-row roboflow-tick"${shownWhen(when)}>
      <input type="checkbox" id="node-input-${property}">
      <label for="node-input-${property}" data-i18n="${label}"></label>
    </div>`

  /** A shared line. */
  export const row = (property: string, icon: string, input: string): string =>
    line(property, icon, `${catalogue}row.${property}`, input)

  /** A shared line with a tick box. */
  export const tickRow = (property: string): string => tick(property, `${catalogue}row.${property}`)

  /** Where a value may come from that is not typed in: types of a TypedInput. */
  export const anywhere = ['msg', 'flow', 'global', 'env', 'jsonata']

  /** A text input that becomes a TypedInput when the dialog opens. */
  export const typedInput = (property: string, attributes = ''): string =>
    // a TypedInput is as wide as the style says; without one, as what it stands in measures just then
    `<input type="text" id="node-input-${property}" style="width: 70%"${attributes}><input type="hidden" id="node-input-${property}Type">`

  /** How an element of a template says what belongs there: its data attributes. */
  export interface Place {
    roboflowRow?: string
    roboflowOption?: string
    roboflowSelect?: string
    roboflowText?: string
    roboflowTick?: string
    /** The value of another property, with which alone the line is shown: `kind=text`. */
    when?: string
    icon?: string
    /** A text, or by `data-i18n="[placeholder]…"` a key. */
    placeholder?: string
    i18n?: string
    /** Of a TypedInput, for what is typed in, such as `num`. */
    types?: string
    /** Values that are offered besides. */
    choices?: string
    /** The configuration field that the option sets. */
    field?: string
  }

  /** The line that belongs there, for a node of this type; undefined where nobody knows it. */
  export const lineFor = (type: string, place: Place): string | undefined => {
    const label = (property: string) => `node-red-contrib-roboflow/${type}:${type}.label.${property}`
    const { roboflowRow, roboflowOption, roboflowSelect, roboflowText, roboflowTick, when } = place
    const { icon = 'cog', ...look } = place
    if (roboflowRow !== undefined)
      return rows[roboflowRow]?.replaceAll('<div class="form-row', `<div${shownWhen(when)} class="form-row`)
    if (roboflowTick !== undefined) return tick(roboflowTick, label(roboflowTick), when)
    if (roboflowText !== undefined) {
      const translated = look.i18n === undefined ? '' : ` data-i18n="${look.i18n}"`
      const input = `<input type="text" id="node-input-${roboflowText}" placeholder="${look.placeholder ?? ''}"${translated}>`
      return line(roboflowText, icon, label(roboflowText), input, when)
    }
    if (roboflowSelect !== undefined) {
      const words = (value: string) => `node-red-contrib-roboflow/${type}:${type}.${roboflowSelect}.${value}`
      const select = selectOf(roboflowSelect, look.choices ?? '', words)
      return line(roboflowSelect, icon, label(roboflowSelect), select, when)
    }
    if (roboflowOption === undefined) return undefined
    const attributes = [
      ['placeholder', look.placeholder],
      ['data-i18n', look.i18n],
      ['data-types', look.types ?? 'str'],
      ['data-choices', look.choices],
      ['data-field', look.field],
      ['class', 'roboflow-option'],
    ].flatMap(([name, value]) => (value === undefined ? [] : ` ${name}="${value}"`))
    const input = typedInput(roboflowOption, attributes.join(''))
    return line(roboflowOption, icon, label(roboflowOption), input, when)
  }

  const selectOf = (property: string, values: string, words: (value: string) => string): string => {
    const options = values
      .split(' ')
      .map((value) => `<option value="${value}" data-i18n="${words(value)}"></option>`)
      .join('')
    return `<select id="node-input-${property}" style="width: 70%">${options}</select>`
  }

  const places = ['row', 'option', 'select', 'text', 'tick']
    .map((kind) => `[data-roboflow-${kind}]`)
    .join(', ')

  export const fillTemplates = (): void => {
    for (const template of document.querySelectorAll<HTMLElement>(
      'script[data-template-name^="roboflow-"]',
    )) {
      const holder = document.createElement('div')
      holder.innerHTML = template.textContent ?? ''
      for (const place of holder.querySelectorAll<HTMLElement>(places)) {
        place.outerHTML = lineFor(template.dataset.templateName ?? '', place.dataset as Place) ?? ''
      }
      template.textContent = holder.innerHTML
    }
  }
}
