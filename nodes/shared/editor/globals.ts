// Node-RED's editor, of which its published types know only a part.
declare const RED: {
  _(key: string, values?: object): string
  events: { on(name: string, listener: () => void): void }
  nodes: {
    node(id: string): { url?: string; apiVersion?: string } | null
    filterNodes(filter: { z: string }): EditorNode[]
    getType(type: 'roboflow-filter'): { defaults: { rules: { value: [Record<string, string>] } } }
  }
  workspaces: { active(): string }
}

/** A node in the workspace, with what its dialog saved. */
interface EditorNode {
  id: string
  type: string
  /** Pixels. */
  h: number
  preview?: boolean
}

interface JQuery {
  typedInput(options: object): JQuery
  typedInput(method: 'type' | 'value'): string
  typedInput(method: 'type' | 'value' | 'types', value: unknown): JQuery
  editableList(options: object): JQuery
  editableList(method: 'addItem', item: object): JQuery
  editableList(method: 'items'): JQuery
}
