import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { apiCodes } from '../codes/openapi.ts'
import { actions } from './actions.ts'
import { actionRows } from './actions-table.ts'
import { vendorActions } from './vendor-actions.ts'

it('every file of actions/ is in the list, under a name of the table, once', () => {
  const files = readdirSync(new URL('actions/', import.meta.url)).filter((name) => !name.includes('.test.'))
  const names = actions.map(({ row }) => row.name)
  expect(names.map((name) => `${kebab(name)}.ts`).sort()).toEqual(files.sort())
  expect([...names].sort()).toEqual(actionRows.map(({ name }) => name).sort())
  expect(new Set(names).size).toBe(names.length)
})

it('the table names actions of the vendor, of which there are 425', () => {
  expect(vendorActions.size).toBe(425)
  expect(actionRows.filter(({ name }) => !vendorActions.has(name))).toEqual([])
})

it('every code is defined once, with cause and cure', () => {
  const codes = apiCodes.map(({ code }) => code)
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
  expect(apiCodes.filter(({ message, cause, cure }) => !message || !cause || !cure)).toEqual([])
})

function kebab(name: string): string {
  return name
    .replace(/^RRpc$/, 'Rrpc')
    .replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase()
}
