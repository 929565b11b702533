import { InferenceHTTPClient } from 'node-red-contrib-roboflow'

const client = new InferenceHTTPClient({ apiUrl: 'http://localhost:9001' })

// The mistakes of this project, which the types have to report, each in a line of its own.
client.configure({ confidense: 0.8 })
export const option = client.infer('car.jpg', { model_id: 'cars/3' })
export const place = async () => (await client.infer('car.jpg')).predictions[0].x
export const older = async () => (await client.inferFromApiV0('car.jpg')).predictions[0].x
const stream = client.inferOnStream('a.mp4')
export const frame = async () => (await stream.next()).value?.prediction?.predictions[0].x
export const unnamed = async () => (await client.clipCompare('car.jpg', { car: 'a car' })).similarity.bus
