import { InferenceHTTPClient } from 'node-red-contrib-roboflow'

const client = new InferenceHTTPClient({ apiUrl: 'http://localhost:9001' })

// The one mistake of this project, which the types have to report: a configuration field that does not exist.
client.configure({ confidense: 0.8 })
