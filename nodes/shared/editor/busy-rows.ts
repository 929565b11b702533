namespace roboflow {
  const choices = ['queue', 'latest', 'drop']
    .map((value) => `<option value="${value}" data-i18n="${catalogue}whenBusy.${value}"></option>`)
    .join('')

  rows.busy =
    row(
      'whenBusy',
      'hourglass-half',
      `<select id="node-input-whenBusy" style="width: 70%">${choices}</select>`,
    ) +
    row(
      'atOnce',
      'forward',
      '<input type="number" id="node-input-atOnce" min="1" max="64" style="width: 80px">',
    )

  rows.busyMore = tickRow('keepOrder') + tickRow('droppedOutput')

  /** Whether the node has an output for dropped messages: one more, the last. */
  export const hasDroppedOutput = (): boolean => $('#node-input-droppedOutput').is(':checked')

  /** Messages can be dropped only where they do not all wait. */
  export const prepareBusy = (): void => {
    const whenBusy = $('#node-input-whenBusy')
    const showDropped = () => {
      $('#node-input-droppedOutput')
        .closest('.form-row')
        .toggle(whenBusy.val() !== 'queue')
      if (whenBusy.val() === 'queue') $('#node-input-droppedOutput').prop('checked', false)
    }
    whenBusy.on('change', showDropped)
    showDropped()
  }
}
