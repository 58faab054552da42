/** Text as a terminal shows it best: colours where there is a terminal, lines that end before its right edge. */
import { styleText } from 'node:util'

/** Characters in a line, at most. */
export const WIDTH = 100

export type Style = Parameters<typeof styleText>[0]

export interface Terminal {
  readonly isTTY?: boolean | undefined
}

/** Colours are for terminals, and not where NO_COLOR asks for none (no-color.org). */
export function hasColours(out: Terminal, variables: Readonly<Record<string, string | undefined>>): boolean {
  return out.isTTY === true && !variables.NO_COLOR && variables.TERM !== 'dumb'
}

export type Paint = (style: Style, text: string) => string

export function paintFor(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text)
}

/** Words in lines of `width` characters. A longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A payload in lines of `width` characters, at most `most` of them; it breaks behind a comma where one is near. */
export function folded(payload: string, width: number, most = 4): string[] {
  const lines: string[] = []
  let rest = payload
  while (rest.length > width) {
    if (lines.length === most - 1) return [...lines, `${rest.slice(0, width / 2)} … (${payload.length} characters)`]
    const comma = rest.lastIndexOf(',', width - 1) + 1
    const cut = comma > width / 3 ? comma : width
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
  return [...lines, rest]
}
