/** One record of a CSV text. */
export interface CsvRecord {
  /** Place in the text, counted from 1; the header counts, as in a spreadsheet. */
  readonly row: number
  readonly fields: readonly string[]
}

/** A CSV text that cannot be read, and where. */
export class CsvError extends Error {
  readonly row: number

  constructor(row: number, message: string) {
    super(message)
    this.row = row
  }
}

/**
 * Reads CSV as RFC 4180 has it: fields in quotes may hold commas, line breaks and doubled quotes. LF, CRLF and CR end a record, a
 * byte order mark at the start is dropped, empty lines are skipped (they count as rows). Throws {@link CsvError}.
 */
export function* readCsv(text: string): Generator<CsvRecord> {
  let at = text.startsWith('\ufeff') ? 1 : 0
  for (let row = 1; at < text.length; row++) {
    const fields: string[] = []
    const start = at
    for (;;) {
      const quoted = text[at] === '"'
      const end = quoted ? closingQuote(text, at, row) : plainEnd(text, at, row)
      fields.push(quoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, end))
      at = quoted ? end + 1 : end
      if (text[at] !== ',') break
      at++
    }
    const empty = at === start
    if (at < text.length && text[at] !== '\r' && text[at] !== '\n')
      throw new CsvError(row, 'text behind a closing quote')
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    if (!empty) yield { row, fields }
  }
}

/** The fields as one line of CSV, quoted where they must be. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`
}

function closingQuote(text: string, open: number, row: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at)
    if (at < 0) throw new CsvError(row, 'a quote is not closed')
    if (text[at + 1] !== '"') return at
  }
}

function plainEnd(text: string, from: number, row: number): number {
  let at = from
  for (; at < text.length; at++) {
    const char = text[at]
    if (char === ',' || char === '\r' || char === '\n') break
    if (char === '"') throw new CsvError(row, 'a quote within a field that is not quoted')
  }
  return at
}
