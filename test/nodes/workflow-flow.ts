import workflow from '../../nodes/workflow/workflow'
import type { StubRequest, StubServer } from '../support/stub-server'
import { type Flow, type FlowOptions, type Message, startFlow, type TestedNode } from './flow'

const tested: TestedNode = { id: 'workflow', register: workflow as TestedNode['register'] }

export const specification = { version: '1.0', inputs: [], steps: [], outputs: [] }

export const saved = { workspaceName: 'tiny', workflowId: 'count' }
export const inline = { workflowKind: 'specification', specification: JSON.stringify(specification) }

export const image = (name: string, value: string, type = 'msg') => ({ name, kind: 'image', value, type })
export const parameter = (name: string, value: string, type = 'msg') => ({
  name,
  kind: 'parameter',
  value,
  type,
})

/** A flow with a workflow node: saved, with an image, where the properties say nothing else. */
export const startWorkflow = (
  { url }: StubServer,
  properties: Message = {},
  options: FlowOptions = {},
): Promise<Flow> => startFlow({ url, tested, properties: { ...saved, ...properties }, ...options })

export const runsOf = ({ requests }: StubServer): StubRequest[] =>
  requests.filter(({ path }) => path.includes('workflows'))

/** The images of an input of a request, as bytes, nested as they came. */
export const imagesIn = (input: Message | Message[]): unknown =>
  Array.isArray(input) ? input.map(imagesIn) : Buffer.from(input.value, 'base64')

/** Outputs for each image of the input "image", as a server gives them. */
export const answerRuns = (stub: StubServer, outputs: object): void => {
  stub.answer = ({ path, json }) => {
    if (!path.includes('workflows')) return undefined
    const { image: given } = json.inputs
    return { json: { outputs: (Array.isArray(given) ? given : [given]).map(() => outputs) } }
  }
}
