namespace roboflow {
  rows.image = row('image', 'picture-o', typedInput('image'))

  rows.references = tickRow('references')

  /** Where an image may come from. */
  export const imageTypes = (): (string | object)[] => [
    'msg',
    'flow',
    'global',
    { value: 'str', label: text('type.path'), icon: 'fa fa-file-image-o' },
    'env',
    'jsonata',
  ]

  export const prepareImage = (): void => {
    $('#node-input-image').typedInput({ typeField: '#node-input-imageType', types: imageTypes() })
  }
}
