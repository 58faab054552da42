/** The name nearest to a mistyped one, for "did you mean". */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length] as number
}

/**
 * The nearest of `names`, or undefined where none is near: a third of the letters differ at most, or one ends in the other.
 * Letters of the `prefix` that all names have do not count.
 */
export function nearest(name: string, names: readonly string[], prefix = ''): string | undefined {
  const low = name.toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.floor((name.length - prefix.length) / 3)) + 1
  for (const each of names) {
    const edits = distance(low, each.toLowerCase())
    if (edits < least) {
      least = edits
      best = each
    }
  }
  return best ?? names.find((each) => low.length > 3 && each.toLowerCase().endsWith(low))
}
