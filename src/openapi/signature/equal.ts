import { timingSafeEqual } from 'node:crypto'

/** Equal or not, in a time that tells nothing about where they differ. */
export function equalTexts(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
