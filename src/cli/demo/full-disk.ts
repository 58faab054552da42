/**
 * A full disk without filling one: the log's next segment is a link to /dev/full, so once the current segment is full, every
 * write fails as on a full disk. No switch in the server is used (errors.md, 500).
 */
import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Gateway } from './gateway.ts'
import type { Stage } from './stage.ts'
import { codeOf, idOf } from './stage.ts'

/** Characters of one of the posts that fill the current segment; a payload may have 256 KiB. */
const POST = 250_000

/** More posts than fill a segment of 64 MiB. */
const POSTS_AT_MOST = 400

function nextSegment(log: string): string {
  const numbers = readdirSync(log).map((name) => Number(/^facts-(\d{10})\.log$/.exec(name)?.[1] ?? 0))
  return join(log, `facts-${String(Math.max(...numbers) + 1).padStart(10, '0')}.log`)
}

/** Returns when the store refuses writes; what it returns makes room again. */
export async function fillDisk(stage: Stage, gateway: Gateway, data: string): Promise<() => void> {
  const link = nextSegment(join(data, 'log'))
  symlinkSync('/dev/full', link)
  const room = () => rmSync(link, { force: true })
  try {
    stage.transcript.say(
      `  (the log's next segment is a link to /dev/full; ${gateway.deviceName} posts large properties until it is reached)`,
    )
    const topic = `/sys/${gateway.productKey}/${gateway.deviceName}/thing/event/property/post`
    for (let i = 0; i < POSTS_AT_MOST; i++) {
      const { text } = await stage.send(gateway, topic, { params: { filler: 'x'.repeat(POST) } }, true)
      const id = /^\{"id":"(\d+)"/.exec(text)?.[1]
      const reply = await gateway.next((message) => idOf(message) === id, `the answer to post ${id}`)
      if (codeOf(reply) === 500) return room
    }
    throw new Error(`the disk was not full after ${POSTS_AT_MOST} large posts`)
  } catch (error) {
    room()
    throw error
  }
}
