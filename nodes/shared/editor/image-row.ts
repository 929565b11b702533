namespace roboflow {
  rows.image = row('image', 'picture-o', typedInput('image'))

  rows.references = tickRow('references')

  export const prepareImage = (): void => {
    $('#node-input-image').typedInput({
      typeField: '#node-input-imageType',
      types: [
        'msg',
        'flow',
        'global',
        { value: 'str', label: text('type.path'), icon: 'fa fa-file-image-o' },
        'env',
        'jsonata',
      ],
    })
  }
}
