const SLASH = 47
const PLUS = 43
const HASH = 35
const DOLLAR = 36

/**
 * Whether a message on `topic` matches a valid `filter` (§4.7): `+` stands for one level, `#` for the rest and its parent. A
 * wildcard in front does not match topics that start with `$`. A shared filter is given without its `$share/{group}/`.
 */
export function topicMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true
  const filterEnd = filter.length
  const topicEnd = topic.length
  let f = 0
  let t = 0
  if (topic.charCodeAt(0) === DOLLAR && filter.charCodeAt(0) !== DOLLAR) return false
  // Both stand at the start of a level.
  for (;;) {
    const code = f < filterEnd ? filter.charCodeAt(f) : 0
    if (code === HASH) return true
    if (code === PLUS) {
      f++
      while (t < topicEnd && topic.charCodeAt(t) !== SLASH) t++
    } else {
      while (f < filterEnd && filter.charCodeAt(f) !== SLASH) {
        if (t >= topicEnd || topic.charCodeAt(t) !== filter.charCodeAt(f)) return false
        f++
        t++
      }
      if (t < topicEnd && topic.charCodeAt(t) !== SLASH) return false
    }
    // Both stand at the end of a level.
    if (t === topicEnd) return f === filterEnd || (f + 2 === filterEnd && filter.charCodeAt(f + 1) === HASH)
    if (f === filterEnd) return false
    f++
    t++
  }
}
