/**
 * The scenario files beside this one: commands, `----`, what each did and the state it left. `REWRITE=1` writes what happens now
 * into them, to be reviewed as text.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { errorRows } from '../../src/codes/alink.ts'
import { Interpreter, parse, print } from './interpret.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))
const rewrite = process.env.REWRITE === '1'

describe('scenarios', () => {
  test.each(files)('%s', (file) => {
    const text = readFileSync(FOLDER + file, 'utf8')
    const blocks = parse(text)
    const interpreter = new Interpreter()
    const results = blocks.map((block) => interpreter.run(block))
    const now = print(blocks, results)
    if (rewrite) writeFileSync(FOLDER + file, now)
    else expect(now).toBe(text)
  })

  test('each forced notice has a file', () => {
    const wanted = errorRows.filter((row) => row.scenario === 'forced').map((row) => `${row.id.replace('.', '-')}.txt`)
    expect(files).toEqual(expect.arrayContaining(wanted))
  })
})
