import * as images from '../changes/images'
import { isList } from '../changes/inputs'
import * as predicate from '../changes/predicates'
import { endingAtRefused, isRefused } from '../changes/refused'
import * as change from '../changes/requests'
import type { Rule } from './rule'

/** What is taken for an image, and what is not. */
export const inputRules: Rule[] = [
  {
    name: 'A list stays a list',
    reason:
      'The SDK returns the bare answer for a list of one image. Here a list always gives a list: code for many ' +
      'images works for one.',
    applies: isList,
    change: change.keepList,
  },
  {
    name: "Python's classes have their counterparts",
    reason:
      'The SDK refuses bytes, `pathlib` paths and tuples. Here a Buffer is an image, a `file:` URL is a path, and ' +
      'an array is a list.',
    applies: predicate.hasPythonClass,
    change: change.sendAll,
  },
  {
    name: 'Pixels may be transparent',
    reason:
      "The SDK fails with Pillow's OSError for a PIL image with alpha or a palette. Raw pixels with four channels " +
      'are sent like all others, without their alpha.',
    applies: predicate.hasInput('pil'),
    change: (expected, recorded) =>
      expected.error?.class === 'OSError' ? change.sendAll(expected, recorded) : expected,
  },
  {
    name: 'A text that is no image is an error',
    reason:
      'The SDK takes a text that is neither URL nor existing file for base64 and sends it: a mistyped path ends up ' +
      'at the server, which answers with an error about base64. Here it is an InvalidInputFormatError that says so.',
    applies: (recorded) => isRefused(recorded, 'unknown text'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'URLs may be written in capitals',
    reason:
      'To the SDK `HTTP://…` is no URL, and is sent as if it were base64. Here it is one; what cannot be loaded from ' +
      'it is an InvalidURLImageInput.',
    applies: (recorded) => isRefused(recorded, 'odd URL'),
    change: (expected, recorded) =>
      expected.error?.class === 'HTTPClientError'
        ? expected
        : endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' }),
  },
  {
    name: 'A URL that cannot be reached is an InvalidURLImageInput',
    reason: 'The SDK throws a bare HTTPClientError where no answer comes from the URL of an image.',
    applies: (recorded) => isRefused(recorded, 'odd URL') || predicate.hasInput('url')(recorded),
    change: (expected, recorded) =>
      expected.error?.class === 'HTTPClientError'
        ? endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' })
        : expected,
  },
  {
    name: "An image's URL may redirect five times",
    reason: 'The SDK follows 30 redirects; after the fifth this client takes it for a circle.',
    applies: predicate.hasInput('url'),
    change: change.followLess,
  },
  {
    name: 'What is no image is not sent',
    reason:
      'The SDK sends the bytes of every file, also of an empty one or of a text. Here the first bytes are looked ' +
      'at: what is no image, or cut off, is an EncodingError.',
    applies: (recorded) => isRefused(recorded, 'no image'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'EncodingError' }),
  },
  {
    name: 'One image is one image',
    reason:
      'The subject that CLIP compares and the image that CogVLM is asked about are one image. The SDK sends a list ' +
      'as well, which servers refuse. Here it is an InvalidInputFormatError.',
    applies: (recorded) => isRefused(recorded, 'a list'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'Nothing cannot be compared',
    reason:
      'No text, or an empty list of texts or images, is an InvalidInputFormatError; the SDK sends it, or leaves it ' +
      "out, and the server's error about it is hard to read.",
    applies: (recorded) => isRefused(recorded, 'nothing') || predicate.lacksText(recorded),
    change: (expected, recorded) =>
      predicate.lacksText(recorded)
        ? change.sendNothing('InvalidInputFormatError')(expected, recorded)
        : endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'A directory is an error of the input',
    reason: "Python's IsADirectoryError is an InvalidInputFormatError here; it says what to do instead.",
    applies: (recorded) => isRefused(recorded, 'directory'),
    change: (expected, recorded) => endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' }),
  },
  {
    name: 'Images of a list are read one by one',
    reason:
      'The SDK reads all images of a list before it sends the first one. Here each is read when its turn comes, ' +
      'so that a long list does not fill the memory; images before a bad one have been sent when the call fails.',
    applies: predicate.isRefusedLater,
    change: (expected, recorded) =>
      expected.error ? endingAtRefused(recorded, expected, expected.error) : expected,
  },
  {
    name: 'Data URIs are decoded',
    reason:
      'The SDK sends `data:image/jpeg;base64,…` as it is, or fails where images are to be shrunk. Here the image ' +
      'in it is taken out first, and treated like any other.',
    applies: predicate.hasInput('dataUri'),
    change: (expected, recorded) =>
      recorded.error?.class === 'EncodingError' && predicate.shrinks(recorded)
        ? change.sendAll(expected, recorded)
        : images.decodeDataUris(expected, recorded),
  },
]
