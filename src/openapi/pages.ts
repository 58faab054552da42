/** Pages count from 1; what is beyond the last one is empty. */
export interface Page {
  readonly page: number
  readonly size: number
}

export function pageCount(total: number, size: number): number {
  return Math.ceil(total / size)
}

/** The elements of a page, without making a list of all. */
export function slice<T>(all: Iterable<T>, { page, size }: Page): T[] {
  const from = (page - 1) * size
  const found: T[] = []
  let i = 0
  for (const one of all) {
    if (i >= from + size) break
    if (i >= from) found.push(one)
    i++
  }
  return found
}
