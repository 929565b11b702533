/** Decoded pixels: red, green, blue, 8 bits each, row by row. */
export interface RgbImage {
  data: Uint8Array
  width: number
  height: number
}

export const rgbImage = (width: number, height: number): RgbImage => ({
  data: new Uint8Array(width * height * 3),
  width,
  height,
})

export interface Area {
  left: number
  top: number
  width: number
  height: number
}

/** Copies an area of an image to a place in another one; both have to be inside. */
export const copyArea = (from: RgbImage, area: Area, to: RgbImage, left: number, top: number): void => {
  for (let row = 0; row < area.height; row++) {
    const start = ((area.top + row) * from.width + area.left) * 3
    to.data.set(from.data.subarray(start, start + area.width * 3), ((top + row) * to.width + left) * 3)
  }
}

export const cropped = (image: RgbImage, area: Area): RgbImage => {
  const result = rgbImage(area.width, area.height)
  copyArea(image, area, result, 0, 0)
  return result
}
