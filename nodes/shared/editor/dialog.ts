namespace roboflow {
  /** A node whose dialog is open. */
  interface Edited {
    configuration?: ConfigurationRow[]
    outputs: number
  }

  /** Makes the shared lines of the open dialog work: what every `oneditprepare` calls. */
  export const prepare = (node: Edited): void => {
    prepareModel()
    prepareImage()
    prepareBusy()
    prepareOptions()
    prepareConfiguration(node.configuration ?? [], fieldsWithOwnLine())
    showWhatApplies()
    makeAccessible($('#dialog-form'))
  }

  /** Takes over what has no input of its own, such as how many outputs there are: what every `oneditsave` calls. */
  export const save = (node: Edited, outputs = 1): void => {
    node.outputs = outputs + (hasDroppedOutput() ? 1 : 0)
    if (node.configuration) node.configuration = configurationFromDialog(node.configuration)
  }
}
