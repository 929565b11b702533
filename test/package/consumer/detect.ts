// A small project that uses the package's types as a user would; pack.test.ts compiles it.
import {
  HTTPCallErrorError,
  HTTPClientError,
  type InferenceConfiguration,
  InferenceHTTPClient,
  isClassification,
  isObjectDetection,
  type ObjectDetectionPrediction,
} from 'node-red-contrib-roboflow'

const configuration: InferenceConfiguration = { confidenceThreshold: 0.8, classFilter: ['person'] }

export const detect = async (images: string[], signal: AbortSignal): Promise<string[]> => {
  const client = new InferenceHTTPClient({ apiUrl: 'http://localhost:9001', apiKey: process.env.KEY })
  try {
    const one = await client.infer('car.jpg', { modelId: 'cars/3', signal })
    const several = await client.useConfiguration(configuration).infer(images, { modelId: 'cars/3' })
    const found: ObjectDetectionPrediction[] = [one, ...several]
      .filter(isObjectDetection)
      .flatMap(({ predictions }) => predictions)
    if (isClassification(one)) return [one.top]
    const { similarity } = await client.clipCompare('car.jpg', { car: 'a car', bus: 'a bus' })
    const [first = 0] = (await client.clipCompare('car.jpg', ['a car'])).similarity
    if (similarity.car < first) return ['something else']
    return found.map((prediction) => `${prediction.class} ${prediction.confidence.toFixed(2)}`)
  } catch (error) {
    if (error instanceof HTTPCallErrorError && error.statusCode === 404) return []
    if (error instanceof HTTPClientError) console.error(error.code, error.hint?.toUpperCase())
    throw error
  } finally {
    await client.close()
  }
}
