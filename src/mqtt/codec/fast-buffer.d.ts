/**
 * Methods that every Node `Buffer` has and its types leave out: `toString` and `write` for one encoding, without the look-up of the
 * encoding's name. Unlike `write`, they return the bytes written and take the length they may write as third argument.
 */
declare global {
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
    latin1Slice(start: number, end: number): string
    utf8Slice(start: number, end: number): string
    latin1Write(text: string, offset: number, length: number): number
    utf8Write(text: string, offset: number, length: number): number
  }
}

export {}
