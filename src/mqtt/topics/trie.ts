/** One level of filters that hold wildcards. */
class Node<V> {
  /** Levels by name; `+` is one of them, since no level of a topic can be called so. */
  children: Map<string, Node<V>> | null = null
  /** Of the filter that ends here. */
  value: V | undefined = undefined
  /** Of the filter that goes on with `#` here. */
  rest: V | undefined = undefined
}

/**
 * Values by topic filter. Costs of a match grow with the levels of the topic, not with the number of filters. Filters must be valid;
 * the depth of recursion is that of the deepest filter, which the caller limits.
 */
export class FilterTrie<V> {
  #root = new Node<V>()
  size = 0

  get(filter: string): V | undefined {
    const levels = filter.split('/')
    const rest = levels.at(-1) === '#'
    if (rest) levels.pop()
    let node: Node<V> | undefined = this.#root
    for (const level of levels) {
      node = node.children?.get(level)
      if (!node) return undefined
    }
    return rest ? node.rest : node.value
  }

  set(filter: string, value: V): void {
    const levels = filter.split('/')
    const rest = levels.at(-1) === '#'
    if (rest) levels.pop()
    let node = this.#root
    for (const level of levels) {
      node.children ??= new Map()
      let child = node.children.get(level)
      if (!child) {
        child = new Node<V>()
        node.children.set(level, child)
      }
      node = child
    }
    if ((rest ? node.rest : node.value) === undefined) this.size++
    if (rest) node.rest = value
    else node.value = value
  }

  /** Removes a filter, and the levels that lead nowhere without it. */
  delete(filter: string): boolean {
    const levels = filter.split('/')
    const rest = levels.at(-1) === '#'
    if (rest) levels.pop()
    const path: Node<V>[] = [this.#root]
    for (const level of levels) {
      const child = path.at(-1)?.children?.get(level)
      if (!child) return false
      path.push(child)
    }
    const last = path.at(-1) as Node<V>
    if ((rest ? last.rest : last.value) === undefined) return false
    if (rest) last.rest = undefined
    else last.value = undefined
    this.size--
    for (let i = path.length - 1; i > 0; i--) {
      const node = path[i] as Node<V>
      if (node.children || node.value !== undefined || node.rest !== undefined) break
      const parent = path[i - 1] as Node<V>
      parent.children?.delete(levels[i - 1] as string)
      if (parent.children?.size === 0) parent.children = null
    }
    return true
  }

  /** Adds the values of all filters that match to `out`. */
  match(topic: string, out: V[]): void {
    const root = this.#root
    if (topic.startsWith('$')) {
      // Wildcards in front do not match these [MQTT-4.7.2-1].
      const slash = topic.indexOf('/')
      const child = root.children?.get(slash < 0 ? topic : topic.slice(0, slash))
      if (child) descend(child, topic, slash < 0 ? -1 : slash + 1, out)
    } else descend(root, topic, 0, out)
  }

  clear(): void {
    this.#root = new Node<V>()
    this.size = 0
  }
}

/** `start`: where the level below this node begins in the topic, -1 behind its last. */
function descend<V>(node: Node<V>, topic: string, start: number, out: V[]): void {
  if (node.rest !== undefined) out.push(node.rest)
  if (start < 0) {
    if (node.value !== undefined) out.push(node.value)
    return
  }
  const children = node.children
  if (!children) return
  const slash = topic.indexOf('/', start)
  const next = slash < 0 ? -1 : slash + 1
  const any = children.get('+')
  if (any) descend(any, topic, next, out)
  const same = children.get(slash < 0 ? topic.slice(start) : topic.slice(start, slash))
  if (same) descend(same, topic, next, out)
}
