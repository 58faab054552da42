import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryFilter, arbitraryTopic, naiveMatch } from '../../../test/mqtt/arbitrary-topics.ts'
import { topicMatches } from './match.ts'

// The examples of MQTT 5.0 §4.7.1 and §4.7.2, and the vendor's.
test.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'anything/at/all', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/uptime', false],
  ['+/uptime', '$SYS/uptime', false],
  ['$SYS/#', '$SYS/uptime', true],
  ['$SYS/+', '$SYS/uptime', true],
  ['a/$b', 'a/$b', true],
  ['a/+', 'a/$b', true],
  ['a/b', 'a/B', false],
  ['a', 'ab', false],
  ['ab', 'a', false],
  ['a/b', 'a', false],
  ['/sys/pk/dn/thing/event/+/post_reply', '/sys/pk/dn/thing/event/property/post_reply', true],
  ['/sys/pk/dn/thing/#', '/sys/pk/dn2/thing/topo/add_reply', false],
])('%s · %s: %s', (filter, topic, matches) => {
  expect(topicMatches(filter, topic)).toBe(matches)
})

test('agrees with the plain one', () => {
  fc.assert(
    fc.property(arbitraryFilter, arbitraryTopic, (filter, topic) => {
      expect(topicMatches(filter, topic)).toBe(naiveMatch(filter, topic))
    }),
    { numRuns: 5000, seed: 4711 },
  )
})

test('ends, whatever it is given', () => {
  const any = fc.stringMatching(/^[ab+#/$]{0,12}$/)
  fc.assert(
    fc.property(any, any, (filter, topic) => {
      expect(typeof topicMatches(filter, topic)).toBe('boolean')
    }),
    { numRuns: 5000, seed: 4711 },
  )
})
