import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topicMatches } from './match.ts'
import { TopicTrie } from './topic-trie.ts'

const name = fc.constantFrom('', 'a', 'b', '$x')
const topic = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(name, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => (rest ? [...levels, '#'] : levels).join('/'))

test('what matches is what the plain matcher says, also after some are gone', () => {
  fc.assert(
    fc.property(
      fc.array(topic, { maxLength: 30 }),
      fc.array(topic, { maxLength: 10 }),
      filter,
      (topics, gone, wanted) => {
        const trie = new TopicTrie<string>()
        for (const one of topics) trie.set(one, one)
        for (const one of gone) trie.delete(one)
        const left = new Set(topics.filter((one) => !gone.includes(one)))
        for (const each of [wanted, '#', '+/#']) {
          const found: string[] = []
          trie.match(each, found)
          expect(found.sort()).toEqual([...left].filter((one) => topicMatches(each, one)).sort())
        }
      },
    ),
  )
})
