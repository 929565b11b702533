/**
 * What the dialogs of this package share. A template names a shared row by an empty element,
 * `<div data-roboflow-row="server"></div>`; it is filled in before any dialog opens, so that Node-RED finds the inputs
 * where it expects them. Without this file the element's own sentence stays.
 */
namespace roboflow {
  export const catalogue = 'node-red-contrib-roboflow/roboflow-config:'

  /** The rows by name; each file beside this one adds its own. */
  export const rows: Record<string, string> = {}

  export const text = (key: string): string => RED._(catalogue + key)

  /** One line of a dialog: a label with an icon, and what stands beside it. */
  export const row = (property: string, icon: string, input: string): string => `
    <div class="form-row">
      <label for="node-input-${property}"><i class="fa fa-${icon}"></i> <span data-i18n="${catalogue}row.${property}"></span></label>
      ${input}
    </div>`

  /** A line with a tick box and a whole sentence. */
  export const tickRow = (property: string): string => `
    <div class="form-row roboflow-tick">
      <input type="checkbox" id="node-input-${property}">
      <label for="node-input-${property}" data-i18n="${catalogue}row.${property}"></label>
    </div>`

  /** Where a value may come from that is not typed in: types of a TypedInput. */
  export const anywhere = ['msg', 'flow', 'global', 'env', 'jsonata']

  /** A text input that becomes a TypedInput when the dialog opens. */
  export const typedInput = (property: string): string =>
    `<input type="text" id="node-input-${property}"><input type="hidden" id="node-input-${property}Type">`

  export const fillTemplates = (): void => {
    for (const template of document.querySelectorAll('script[data-template-name^="roboflow-"]')) {
      const holder = document.createElement('div')
      holder.innerHTML = template.textContent ?? ''
      for (const place of holder.querySelectorAll<HTMLElement>('[data-roboflow-row]')) {
        place.outerHTML = rows[place.dataset.roboflowRow ?? ''] ?? ''
      }
      template.textContent = holder.innerHTML
    }
  }
}
