import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../clock/virtual.ts'
import { errorRow, errorRows } from '../../codes/alink.ts'
import { folded, hasColours, WIDTH, wrapped } from './layout.ts'
import { scenes } from './scenes.ts'
import { Transcript } from './transcript.ts'

test('there is one scene for every row of the table of errors', () => {
  expect(scenes.flatMap((scene) => scene.shows).toSorted()).toEqual(errorRows.map((row) => row.id).toSorted())
})

describe('the transcript', () => {
  const received = { topic: '/ext/error/gw', text: `{"code":460,"pad":"${'x'.repeat(4000)}"}` }

  function transcript({ quiet = false, colours = false } = {}) {
    const seen = { out: '' }
    const out = { write: (text: string) => (seen.out += text) }
    return { seen, transcript: new Transcript(out, { clock: new VirtualClock(), colours, quiet }) }
  }

  test('names in its tally what is missing', () => {
    const { seen, transcript: it } = transcript()
    for (const row of errorRows.slice(1)) {
      it.received('north', received)
      it.met(row, { id: row.id, gateway: 'north', sent: null, received })
    }
    expect(it.tally()).toEqual(['login.460'])
    expect(seen.out).toContain(`${errorRows.length - 1} of ${errorRows.length} errors of the table were met`)
    expect(seen.out).toContain('Missing: login.460')
    expect(seen.out).toContain('(460) 429')
  })

  test('stays within its width, whatever a payload holds', () => {
    const { seen, transcript: it } = transcript()
    it.scene('A title', ['login.460'], 'word '.repeat(100).trim())
    it.sent('north', received)
    it.labelled('Cause', 'word '.repeat(60).trim())
    for (const row of errorRows) it.met(row, { id: row.id, gateway: 'north', sent: null, received })
    it.tally()
    expect(seen.out.split('\n').filter((line) => line.length > WIDTH)).toEqual([])
    expect(seen.out).toContain(`… (${received.text.length} characters)`)
  })

  test('says nothing where it is quiet, and nothing any more once it is muted', () => {
    const { seen, transcript: it } = transcript({ quiet: true })
    it.met(errorRow('login.460'), { id: 'login.460', gateway: 'north', sent: null, received })
    expect([it.tally().length, seen.out]).toEqual([errorRows.length - 1, ''])
    const other = transcript()
    other.transcript.mute()
    other.transcript.line('late')
    expect(other.seen.out).toBe('')
  })

  test('is coloured where asked', () => {
    const { seen, transcript: it } = transcript({ colours: true })
    it.received('north', received)
    expect(seen.out).toContain('\x1b[33m"code":460\x1b[39m')
  })
})

test('colours are for terminals, and not where NO_COLOR is set', () => {
  const tty = { isTTY: true }
  expect(hasColours(tty, {})).toBe(true)
  expect(hasColours(tty, { NO_COLOR: '' })).toBe(true)
  expect(hasColours(tty, { NO_COLOR: '1' })).toBe(false)
  expect(hasColours(tty, { TERM: 'dumb' })).toBe(false)
  expect(hasColours({}, {})).toBe(false)
})

test('payloads fold behind commas, and lose nothing but what is counted', () => {
  const text = JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`member${i}`, i])))
  const lines = folded(text, 40, 9)
  expect(lines.join('')).toBe(text)
  expect(lines.slice(0, -1).every((line) => line.endsWith(',') && line.length <= 40)).toBe(true)
  expect(folded('x'.repeat(81), 40, 9)).toEqual(['x'.repeat(40), 'x'.repeat(40), 'x'])
  expect(folded('', 40)).toEqual([''])
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three'])
})
