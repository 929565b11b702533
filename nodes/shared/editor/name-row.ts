namespace roboflow {
  const label = 'node-red:common.label.name'

  rows.name = `
    <div class="form-row">
      <label for="node-input-name"><i class="fa fa-tag"></i> <span data-i18n="${label}"></span></label>
      <input type="text" id="node-input-name" data-i18n="[placeholder]${label}">
    </div>`
}
