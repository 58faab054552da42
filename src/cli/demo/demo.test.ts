import { expect, test } from 'vitest'
import { errorRow, errorRows } from '../../codes/alink.ts'
import { scenes } from './scenes.ts'
import { Transcript } from './transcript.ts'

test('there is one scene for every row of the table of errors', () => {
  expect(scenes.map((scene) => scene.shows).toSorted()).toEqual(errorRows.map((row) => row.id).toSorted())
})

test('the tally names what is missing, and quiet prints nothing', () => {
  const lines: string[] = []
  const transcript = new Transcript({ write: (text) => lines.push(text) }, false)
  const received = { topic: 't', text: `{"code":460,"pad":"${'x'.repeat(400)}"}` }
  for (const row of errorRows.slice(1)) transcript.met(row, { id: row.id, gateway: 'gw', sent: null, received })
  expect(transcript.tally()).toEqual(['login.460'])
  expect(lines.join('')).toContain(`${errorRows.length - 1} of ${errorRows.length} errors were met`)
  expect(lines.every((line) => line.length < 600)).toBe(true)
  const quiet = new Transcript({ write: (text) => lines.push(text) }, true)
  const before = lines.length
  quiet.title(errorRow('login.460'))
  expect([quiet.tally().length, lines.length]).toEqual([errorRows.length, before])
})
