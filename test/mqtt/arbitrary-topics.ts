/** Topics and filters over few levels, so that they meet often, and a matcher so plain that it can be read. */
import fc from 'fast-check'

const level = fc.constantFrom('', 'a', 'b', 'c', '$x')

export const arbitraryTopic: fc.Arbitrary<string> = fc
  .array(level, { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join('/'))
  .filter((topic) => topic !== '')

export const arbitraryFilter: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 5 }), fc.boolean())
  .map(([levels, rest]) => (rest ? [...levels, '#'] : levels).join('/'))
  .filter((filter) => filter !== '')

/** MQTT 5.0 §4.7, level by level. */
export function naiveMatch(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false
  const topicLevels = topic.split('/')
  const filterLevels = filter.split('/')
  if (filterLevels.at(-1) === '#') {
    filterLevels.pop()
    if (topicLevels.length < filterLevels.length) return false
    topicLevels.length = filterLevels.length
  }
  if (topicLevels.length !== filterLevels.length) return false
  return filterLevels.every((one, i) => one === '+' || one === topicLevels[i])
}
