const DOLLAR = 36

class Node<V> {
  children: Map<string, Node<V>> | null = null
  value: V | undefined = undefined
}

/**
 * Values by topic name, found by filter: the costs of a match grow with what lies below the filter's plain levels, not with all
 * that is held. Topics must not be too deep, which the caller sees to: recursion goes as deep as they do.
 */
export class TopicTrie<V> {
  #root = new Node<V>()

  set(topic: string, value: V): void {
    let node = this.#root
    for (const level of topic.split('/')) {
      node.children ??= new Map()
      let child = node.children.get(level)
      if (!child) {
        child = new Node<V>()
        node.children.set(level, child)
      }
      node = child
    }
    node.value = value
  }

  /** Removes a topic, and the levels that lead nowhere without it. */
  delete(topic: string): void {
    const levels = topic.split('/')
    const path: Node<V>[] = [this.#root]
    for (const level of levels) {
      const child = path.at(-1)?.children?.get(level)
      if (!child) return
      path.push(child)
    }
    const last = path.at(-1) as Node<V>
    last.value = undefined
    for (let i = path.length - 1; i > 0; i--) {
      const node = path[i] as Node<V>
      if (node.value !== undefined || (node.children && node.children.size > 0)) break
      path[i - 1]?.children?.delete(levels[i - 1] as string)
    }
  }

  /** Adds the values of all topics that match a valid filter to `out`. */
  match(filter: string, out: V[]): void {
    descend(this.#root, filter.split('/'), 0, out)
  }
}

function descend<V>(node: Node<V>, levels: readonly string[], at: number, out: V[]): void {
  if (at === levels.length) {
    if (node.value !== undefined) out.push(node.value)
    return
  }
  const level = levels[at] as string
  if (level === '#') {
    if (node.value !== undefined) out.push(node.value)
    for (const child of below(node, at)) all(child, out)
  } else if (level === '+') {
    for (const child of below(node, at)) descend(child, levels, at + 1, out)
  } else {
    const child = node.children?.get(level)
    if (child) descend(child, levels, at + 1, out)
  }
}

/** A wildcard in front does not match topics that start with `$` [MQTT-4.7.2-1]. */
function* below<V>(node: Node<V>, at: number): Generator<Node<V>> {
  if (!node.children) return
  for (const [level, child] of node.children) {
    if (at === 0 && level.charCodeAt(0) === DOLLAR) continue
    yield child
  }
}

function all<V>(node: Node<V>, out: V[]): void {
  if (node.value !== undefined) out.push(node.value)
  for (const child of node.children?.values() ?? []) all(child, out)
}
