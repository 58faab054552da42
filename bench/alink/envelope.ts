/** What reading an envelope costs; one iteration is one payload. */
import { parseEnvelope } from '../../src/alink/envelope.ts'

const post = Buffer.from(
  JSON.stringify({
    id: '123',
    version: '1.0',
    sys: { ack: 1 },
    params: { power: { value: 'on', time: 1524448722000 }, temperature: { value: 23.6, time: 1524448722000 } },
    method: 'thing.event.property.post',
  }),
)
// Whatever is not plain goes to JSON.parse.
const escaped = Buffer.from(post.toString().replace('"on"', '"\\u006fn"'))

/** Sum of what was seen, so that nothing is optimised away. */
let seen = 0

function read(payload: Buffer, iterations: number): void {
  for (let i = 0; i < iterations; i++) seen += parseEnvelope(payload)?.id?.length ?? 0
}

export const benches: { name: string; run(iterations: number): void }[] = [
  { name: 'envelope of a post, its params unread', run: (iterations) => read(post, iterations) },
  {
    name: 'envelope of a post, its params read',
    run(iterations) {
      for (let i = 0; i < iterations; i++) if (parseEnvelope(post)?.params !== undefined) seen++
    },
  },
  { name: 'envelope of a post with an escape', run: (iterations) => read(escaped, iterations) },
]

/** Of all benches. */
export function total(): number {
  return seen
}
