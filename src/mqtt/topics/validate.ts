/** Which texts are topic names and topic filters (§4.7, 5.0 §4.8.2), and how deep they are. */

/** The largest topic name or filter, in bytes of UTF-8; a packet cannot say more. */
export const MAX_TOPIC_BYTES = 65_535

/** Levels of a topic name or filter, at most: one that is deeper closes the connection (direct.md §5). */
export const MAX_LEVELS = 200

/** Whether a message can be published on it: not empty, no wildcard, no U+0000. */
export function validTopic(topic: string): boolean {
  return topic !== '' && !topic.includes('+') && !topic.includes('#') && !topic.includes('\0')
}

/**
 * Whether it can be subscribed: not empty, no U+0000, each wildcard a whole level, `#` the last level. `$share/{group}/{filter}`
 * needs a group without wildcards and a valid filter behind it.
 */
export function validFilter(filter: string): boolean {
  if (filter === '' || filter === '$share' || filter.includes('\0')) return false
  if (filter.startsWith('$share/')) {
    const shared = parseShared(filter)
    return shared !== null && validPlainFilter(shared.filter)
  }
  return validPlainFilter(filter)
}

function validPlainFilter(filter: string): boolean {
  if (!hasWildcard(filter)) return true
  for (let start = 0; start <= filter.length; ) {
    const slash = filter.indexOf('/', start)
    const end = slash < 0 ? filter.length : slash
    const level = filter.slice(start, end)
    if (level === '#') return slash < 0
    if (level !== '+' && hasWildcard(level)) return false
    start = end + 1
  }
  return true
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#')
}

/** Levels of a topic name or filter: one more than its slashes. */
export function levels(topic: string): number {
  let count = 1
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) count++
  return count
}

export interface SharedFilter {
  readonly group: string
  readonly filter: string
}

/** The parts of `$share/{group}/{filter}`; null if it is not of this form or the group is empty or holds a wildcard. */
export function parseShared(filter: string): SharedFilter | null {
  if (!filter.startsWith('$share/')) return null
  const slash = filter.indexOf('/', 7)
  if (slash <= 7 || slash === filter.length - 1) return null
  const group = filter.slice(7, slash)
  return hasWildcard(group) ? null : { group, filter: filter.slice(slash + 1) }
}
