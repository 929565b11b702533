namespace roboflow {
  const nodes = '.red-ui-palette-node[data-palette-type^="roboflow-"]'

  /** Node-RED's palette is searched by type and label: people search for what they want to do. */
  export const addSearchWords = (): void => {
    const words = text('palette.words')
    for (const node of document.querySelectorAll<HTMLElement>(nodes)) {
      const label = node.dataset.paletteLabel
      if (label && !label.includes(words)) node.dataset.paletteLabel = `${label} ${words}`
    }
  }
}
