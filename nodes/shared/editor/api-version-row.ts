namespace roboflow {
  const versions = [
    ['', 'server'],
    ['v0', 'v0'],
    ['v1', 'v1'],
  ]
    .map(([value, key]) => `<option value="${value}" data-i18n="${catalogue}apiVersion.${key}"></option>`)
    .join('')

  rows.apiVersion = row(
    'apiVersion',
    'code-fork',
    `<select id="node-input-apiVersion" style="width: 70%">${versions}</select>`,
  )

  /** The API version that the open dialog will talk: its own choice, the server's, or what the server's URL means. */
  export const apiVersionInDialog = (): 'v0' | 'v1' => {
    const server = RED.nodes.node(String($('#node-input-server').val()))
    const chosen = [$('#node-input-apiVersion').val(), server?.apiVersion].find(
      (value) => value === 'v0' || value === 'v1',
    )
    return (chosen as 'v0' | 'v1' | undefined) ?? (isHosted(server?.url ?? '') ? 'v0' : 'v1')
  }
}
