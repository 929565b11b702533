namespace roboflow {
  const style = `
    .form-row.roboflow-tick { display: flex; align-items: baseline; gap: 8px; }
    .form-row.roboflow-tick input { flex: none; width: auto !important; margin: 0; }
    .form-row.roboflow-tick label { flex: 1; width: auto !important; margin: 0; }
    details.roboflow-more { margin: 12px 0; }
    details.roboflow-more > summary { cursor: pointer; margin-bottom: 12px; }
    .roboflow-answer { margin: 6px 0 12px 105px; }
    .roboflow-rule-line { display: flex; align-items: center; gap: 6px; margin-bottom: 6px; }
    .roboflow-rule-line > span { flex: 0 0 90px; }
    .roboflow-rule-line > div { flex: 1; display: flex; gap: 6px; min-width: 0; }
    .roboflow-rule-line > div > * { flex: 1; width: auto !important; min-width: 0; margin: 0; }
    .roboflow-rule-line .red-ui-typedInput-container, [data-property=region], [data-property=topBy] { flex-grow: 2 !important; }
    .roboflow-rule details > summary { cursor: pointer; margin: 4px 0 8px; }
    .roboflow-about { color: var(--red-ui-secondary-text-color); font-size: 0.9em; line-height: 1.3; }
    .roboflow-good { color: var(--red-ui-text-color-success, #4f8f4f); }
    .roboflow-preview { pointer-events: none; outline: 1px solid var(--red-ui-node-border, #999); }
    .roboflow-bad { color: var(--red-ui-text-color-error, #d6615f); }`

  document.head.append(Object.assign(document.createElement('style'), { textContent: style }))
  fillTemplates()
  addSearchWords()
  startPreviews()
  // This script may come before or after the nodes.
  RED.events.on('registry:node-set-added', fillTemplates)
  RED.events.on('registry:node-type-added', addSearchWords)
}
