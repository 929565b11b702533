const ofPlatform: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['cpu', 'cuda'],
  win32: ['cpu', 'dml'],
  darwin: ['cpu', 'coreml'],
}

/** What onnxruntime-node runs models on, on this platform; nothing where it is not installed. */
export const availableDevices = (): string[] => {
  try {
    require.resolve('onnxruntime-node')
    return ofPlatform[process.platform] ?? ['cpu']
  } catch {
    return []
  }
}
