/**
 * A full disk without filling one: the log's next segment is a link to /dev/full, so once the current segment is full, every
 * write fails as on a full disk. No switch in the server is used (errors.md, 500).
 */
import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Characters of one of the posts that fill the current segment; a payload may have 256 KiB. */
export const LARGE_POST = 250_000

/** More posts than fill a segment of 64 MiB. */
const POSTS_AT_MOST = 400

function nextSegment(log: string): string {
  const numbers = readdirSync(log).map((name) => Number(/^facts-(\d{10})\.log$/.exec(name)?.[1] ?? 0))
  return join(log, `facts-${String(Math.max(...numbers) + 1).padStart(10, '0')}.log`)
}

/**
 * Returns when the store refuses writes; what it returns makes room again. `post` posts {@link LARGE_POST} characters and resolves
 * with the code of the reply.
 */
export async function fillDisk(data: string, post: () => Promise<unknown>): Promise<() => void> {
  const link = nextSegment(join(data, 'log'))
  symlinkSync('/dev/full', link)
  const room = () => rmSync(link, { force: true })
  try {
    for (let i = 0; i < POSTS_AT_MOST; i++) if ((await post()) === 500) return room
    throw new Error(`the disk was not full after ${POSTS_AT_MOST} large posts`)
  } catch (error) {
    room()
    throw error
  }
}
