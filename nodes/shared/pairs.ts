import { InvalidParameterError, type LoadedImage, sentence } from '../../src/index'
import type { Answer } from './answer-input'
import type { Images } from './image-input'

/** Each image with what was answered about it. */
export const pairsOf = (
  images: Images,
  answers: Answer | Answer[],
): { image: LoadedImage; answer: Answer }[] => {
  const [imageList, answerList] = [[images].flat(), [answers].flat()]
  if (imageList.length !== answerList.length) {
    throw new InvalidParameterError(
      sentence`There are ${answerList.length} answers, but ${imageList.length} images.`,
      sentence`A batch has an answer for each image.`,
    )
  }
  return imageList.map((image, index) => ({ image, answer: answerList[index] as Answer }))
}
