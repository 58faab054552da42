/** What finding a topic name by its bytes costs; one iteration is one topic. */
import { TopicNames } from '../../src/mqtt/topics/names.ts'

const TOPICS = 15_000
const topics = Array.from({ length: TOPICS }, (_, i) =>
  Buffer.from(`/sys/a1SubPk00001/sub_${String(i).padStart(6, '0')}/thing/event/property/post`),
)

/** Sum of what was seen, so that nothing is optimised away. */
let seen = 0

export const benches: { name: string; run(iterations: number): void }[] = [
  {
    name: 'topic name, 15,000 of them in turn',
    run(iterations) {
      const names = new TopicNames()
      for (let i = 0; i < iterations; i++) {
        const topic = topics[i % TOPICS] as Buffer
        seen += names.of(topic, 0, topic.length).text.length
      }
    },
  },
  {
    name: 'topic name, always the same',
    run(iterations) {
      const names = new TopicNames()
      const topic = topics[0] as Buffer
      const likely = names.of(topic, 0, topic.length)
      for (let i = 0; i < iterations; i++) seen += names.of(topic, 0, topic.length, likely).text.length
    },
  },
]

/** Of all benches. */
export function total(): number {
  return seen
}
