import type { EncodedImage } from '../../http/body'

/** Images as the routes of API v1 and of core models take them: one as it is, several as a list. */
export const imageField = (images: EncodedImage[]): unknown => {
  const fields = images.map((image) => ({ type: 'base64', value: image }))
  return fields.length === 1 ? fields[0] : fields
}
