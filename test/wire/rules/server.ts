import * as ending from '../changes/endings'
import { asVersion18 } from '../changes/older'
import * as predicate from '../changes/predicates'
import * as change from '../changes/requests'
import { isBefore016, modeOf } from '../replay/recorded'
import type { Rule } from './rule'

/** Which server is asked, and how the key travels. */
export const serverRules: Rule[] = [
  {
    name: 'Redirects of API calls are not followed',
    reason:
      'The SDK goes where an answer of status 3xx points, and asks there without the images, or sends them there. ' +
      'Here key and image do not go to another server unasked: it is an HTTPCallErrorError that names the new address.',
    applies: () => true,
    change: ending.stopAtRedirect,
  },
  {
    name: 'Requests are those of version 1.8',
    reason:
      'Versions of the SDK before 0.16 sent less: no key to `/model/registry`, no `allow_reduced_mask_resolution`, ' +
      'no aliases of models, and files only after encoding them anew.',
    applies: isBefore016,
    change: asVersion18,
  },
  {
    name: 'Gaze and CogVLM are there where a server has them',
    reason:
      'SDK 1.8.3 cannot ask for gazes (FeatureDeprecatedError) or CogVLM (AttributeError) any more, whatever the server. ' +
      'Servers up to 1.2.7 have the one, up to 0.37.1 the other, and this client asks them (API v1).',
    applies: predicate.asksRemoved,
    change: (expected, recorded) =>
      modeOf(recorded) === 'v0'
        ? change.sendNothing('WrongClientModeError')(expected, recorded)
        : change.sendAll(expected, recorded),
  },
  {
    name: 'A server without gaze or CogVLM is told by its version',
    reason:
      'Versions of the SDK that ask for gazes and CogVLM show 404, 405 or 410 of a newer server as such. Here ' +
      '`/info` is asked then: a server that is too new is a FeatureDeprecatedError, which names the version.',
    applies: predicate.calls('detect_gazes', 'prompt_cogvlm'),
    change: ending.withServerVersion,
  },
  {
    name: 'Hosted servers are told by their host',
    reason:
      'The SDK picks API v0 where the URL begins with one of ten texts, so `https://detect.roboflow.com.example.org` ' +
      'is sent a key as if it were Roboflow, and `https://DETECT.roboflow.com` is not recognised. Here the URL is ' +
      'parsed: v0 for every host at or below roboflow.com, roboflow.eu, roboflow.one and roboflow-eu.one.',
    rows: {
      clientMode: (row) => {
        const hosted = /(^|\.)(roboflow\.(com|eu|one)|roboflow-eu\.one)$/.test(new URL(row.apiUrl).hostname)
        return { ...row, mode: hosted ? 'v0' : 'v1' }
      },
    },
  },
  {
    name: 'A slash at the end of the URL plays no part',
    reason: 'The SDK asks `http://localhost:9001//info` where the URL ends with a slash, and gets a 404.',
    applies: ({ client }) => client.apiUrl.endsWith('/'),
    change: change.withoutDoubleSlash,
  },
  {
    name: 'No key is no key',
    reason:
      'Without a key the SDK sends the text `api_key=None` in some queries. Here there is no such parameter.',
    applies: ({ client }) => client.apiKey === null,
    change: change.withoutTextNone,
  },
  {
    name: 'A key may hold any letters',
    reason:
      'The SDK does not encode the key for the query of `/model/registry`: one with `&` in it is cut off there.',
    applies: ({ client }) => /[^\w.~-]/.test(client.apiKey ?? ''),
    change: change.encodeKey,
  },
  {
    name: 'Nothing of a key is shown',
    reason:
      'The SDK shows the first and the last two letters of a key in errors, all of it in some, and takes text after ' +
      'the key away with it. Here `***` stands for the key and the service secret, and for nothing else.',
    rows: {
      redaction: (row) => ({ ...row, out: row.in.replace(/((?:api_key|service_secret)=)[^&\s]+/g, '$1***') }),
    },
  },
]
