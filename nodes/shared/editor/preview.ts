/** A small image under each node of the flow in view whose dialog asks for it; the runtime is asked twice a second. */
namespace roboflow {
  interface Thumbnail {
    number: number
    width: number
    height: number
    image: string
  }

  rows.preview = tickRow('preview')

  const every = 500
  /** After a failure, such as a Node-RED that restarts. */
  const rest = 5_000
  const widest = 200
  const svg = 'http://www.w3.org/2000/svg'

  const previewed = (): EditorNode[] =>
    RED.nodes
      .filterNodes({ z: RED.workspaces.active() })
      .filter(({ type, preview }) => preview === true && type.startsWith('roboflow-'))

  const groupOf = ({ id }: EditorNode): Element | null => document.getElementById(id)

  const shownIn = (node: EditorNode): Element | null | undefined =>
    groupOf(node)?.querySelector('.roboflow-preview')

  const show = (node: EditorNode, { number, width, height, image }: Thumbnail): void => {
    const shown = shownIn(node) ?? groupOf(node)?.appendChild(document.createElementNS(svg, 'image'))
    if (!shown) return
    const scale = Math.min(1, widest / Math.max(width, height))
    const attributes = {
      class: 'roboflow-preview',
      'data-number': number,
      href: image,
      // below the status
      y: node.h + 22,
      width: width * scale,
      height: height * scale,
    }
    for (const [name, value] of Object.entries(attributes)) shown.setAttribute(name, String(value))
  }

  /** What is shown of a node that shall not show it any more. */
  const clear = (nodes: EditorNode[]): void => {
    const ids = new Set(nodes.map(({ id }) => id))
    for (const shown of document.querySelectorAll('.roboflow-preview'))
      if (!ids.has(shown.parentElement?.id ?? '')) shown.remove()
  }

  const look = async (): Promise<number> => {
    const nodes = previewed()
    clear(nodes)
    if (nodes.length === 0 || document.hidden) return every
    const known = nodes.map((node) => `${node.id}:${shownIn(node)?.getAttribute('data-number') ?? 0}`)
    try {
      const newer: Record<string, Thumbnail> = await $.getJSON('roboflow/previews', { known: known.join() })
      for (const node of nodes) {
        const thumbnail = newer[node.id]
        if (thumbnail) show(node, thumbnail)
      }
      return every
    } catch {
      return rest
    }
  }

  export const startPreviews = (): void => {
    const next = async () => setTimeout(next, await look())
    next()
  }
}
