/** More bytes than this are no image, unless a client says otherwise (50 MiB). */
export const defaultMaxBytes = 50 * 2 ** 20

/** More pixels than this are refused before anything is decoded (0x3FFF squared, as sharp does). */
export const maxPixels = 268_402_689

/** Milliseconds for an image to come from where it is. */
export const defaultTimeout = 15_000
