/** A log line as people read it: `09:31:05.123 info  refused login 6401: who=pk/dn through=pk/gw check=topology why="…"`. */

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text !== '' && /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

/** From a JSON line to a text line; what is no JSON object stays as it is. Control characters never reach the terminal. */
export function textLine(json: string): string {
  let line: Record<string, unknown>
  try {
    line = JSON.parse(json) as Record<string, unknown>
  } catch {
    return json
  }
  const { level, time, msg, err, ...members } = line
  const pairs = Object.entries(members)
    .filter(([, value]) => value !== '' && value !== undefined)
    .map(([name, value]) => ` ${name}=${shown(value)}`)
  const stack = (err as { stack?: string } | undefined)?.stack
  const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}`
  return `${printable(head + pairs.join(''))}${stack ? `\n  ${printable(stack).replaceAll('\\n', '\n  ')}` : ''}\n`
}

function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (each) =>
    each === '\n' ? '\\n' : `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
