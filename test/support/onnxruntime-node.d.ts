/** Returns the folder of this package, as it is built now, beside onnxruntime-node. */
export const installOnnxRuntimeNode: () => string
