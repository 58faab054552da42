/** Bytes as one writes them down: hex digits, and text in double quotes, without regard to blanks. */
export function hex(written: string): Buffer {
  const parts: Buffer[] = []
  for (const [, quoted, digits] of written.matchAll(/"([^"]*)"|([0-9a-f]+)/gi)) {
    parts.push(quoted === undefined ? Buffer.from(digits as string, 'hex') : Buffer.from(quoted))
  }
  return Buffer.concat(parts)
}
