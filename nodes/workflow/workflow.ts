import type { NodeAPI } from 'node-red'
import type { InferenceHTTPClient, WorkflowOutputs } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import type { NestedImages } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { textsInput } from '../shared/inputs'
import { chosenWorkflow } from './chosen-workflow'
import { givenInputs } from './given-inputs'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-workflow', {
    inputs: { workflow: chosenWorkflow(), given: givenInputs(), excludedFields: textsInput() },

    call: (client, { workflow, given, excludedFields }, options, properties) =>
      withSettings(client, properties).runWorkflow({
        ...workflow,
        ...given,
        excludedFields: excludedFields?.length ? excludedFields : undefined,
        disableSinks: properties.disableSinks === true,
        useCache: properties.useCache !== false,
        enableProfiling: properties.enableProfiling === true,
        ...options,
      }),

    output: (outputs, { given: { images } }) => ({
      payload: payloadOf(outputs, Object.values(images)),
      ...imageOf(Object.values(images)),
    }),
  })

/** What the dialog alone decides: messages may not choose where files are written. */
const withSettings = (client: InferenceHTTPClient, properties: Properties): InferenceHTTPClient =>
  client.useConfiguration({
    ...client.inferenceConfiguration,
    workflowRunRetriesEnabled: properties.workflowRunRetriesEnabled !== false,
    profilingDirectory: String(properties.profilingDirectory ?? '') || undefined,
  })

/** One object, or one for each image of a batch; parameters may be batches, too. */
const payloadOf = (outputs: WorkflowOutputs[], images: NestedImages[]): object =>
  images.some(Array.isArray) || outputs.length > 1 ? outputs : (outputs[0] ?? {})

/** The first image as it came: what a workflow answers says not how its models saw it. */
const imageOf = ([first]: NestedImages[]): object => (first ? { image: bytesOf(first) } : {})

type NestedBytes = Buffer | NestedBytes[]

const bytesOf = (images: NestedImages): NestedBytes =>
  Array.isArray(images) ? images.map(bytesOf) : images.bytes
