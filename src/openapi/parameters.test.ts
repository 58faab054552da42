import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ActionRow } from './action-row.ts'
import { Parameters } from './parameters.ts'

const row: ActionRow = {
  name: 'Test',
  qps: 1,
  answer: {},
  parameters: [
    { name: 'Name', type: 'string', required: true },
    { name: 'Count', type: 'integer', min: 1, max: 10, default: 3 },
    { name: 'Id', type: 'long' },
    { name: 'Flag', type: 'boolean' },
    { name: 'Mode', type: 'string', values: ['A', 'B'] },
    { name: 'PageSize', type: 'integer', max: 50 },
    { name: 'Names', type: 'list of string', elements: 3 },
    {
      name: 'Item',
      type: 'list of object',
      members: [
        { name: 'Key', type: 'string', required: true },
        { name: 'Tag', type: 'list of object', members: [{ name: 'Value', type: 'integer' }] },
      ],
    },
  ],
}

function read(given: Record<string, string>): Record<string, unknown> {
  const parameters = new Parameters(row, new Map(Object.entries(given)))
  parameters.required()
  return parameters.values()
}

function codeOf(given: Record<string, string>): string {
  try {
    read(given)
  } catch (error) {
    return (error as { code: string }).code
  }
  return ''
}

describe('parameters', () => {
  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    ['default', {}, { Count: 3, Names: undefined }],
    ['numbers', { Count: '7', Id: '9007199254740991' }, { Count: 7, Id: 9007199254740991 }],
    ['booleans', { Flag: 'True' }, { Flag: true }],
    ['list, by number', { 'Names.10': 'c', 'Names.2': 'b', 'Names.1': 'a' }, { Names: ['a', 'b', 'c'] }],
    ['gaps and empty elements', { 'Names.1': '', 'Names.4': 'd' }, { Names: ['d'] }],
    [
      'what is no number',
      { 'Names.0': 'x', 'Names.01': 'x', 'Names.a': 'x', 'Names.': 'x', Names: 'x' },
      { Names: undefined },
    ],
    ['objects', { 'Item.2.Key': 'b', 'Item.1.Key': 'a' }, { Item: [{ Key: 'a' }, { Key: 'b' }] }],
    [
      'lists in objects',
      { 'Item.1.Key': 'a', 'Item.1.Tag.2.Value': '2' },
      { Item: [{ Key: 'a', Tag: [{ Value: 2 }] }] },
    ],
    ['unknown names', { Other: '1', 'Item.1.Other': '1', __proto__x: '1', 'Name.1': 'x' }, { Item: undefined }],
    ['empty text is absent', { Count: '', Mode: '' }, { Count: 3, Mode: undefined }],
  ])('folds: %s', (_name, given, expected) => {
    expect(read({ Name: 'n', ...given })).toMatchObject(expected)
  })

  it.each<[string, Record<string, string>]>([
    ['MissingName', {}],
    ['MissingName', { Name: '' }],
    ['MissingItem.2.Key', { Name: 'n', 'Item.1.Key': 'a', 'Item.2.Tag.1.Value': '1' }],
    ['InvalidCount', { Name: 'n', Count: 'x' }],
    ['InvalidCount', { Name: 'n', Count: '1.0' }],
    ['InvalidCount', { Name: 'n', Count: '11' }],
    ['InvalidCount', { Name: 'n', Count: '0' }],
    ['InvalidCount', { Name: 'n', Count: '99999999999' }],
    ['InvalidId', { Name: 'n', Id: '9007199254740993' }],
    ['InvalidFlag', { Name: 'n', Flag: '1' }],
    ['InvalidMode', { Name: 'n', Mode: 'a' }],
    ['InvalidNames', { Name: 'n', 'Names.1': 'a', 'Names.2': 'b', 'Names.3': 'c', 'Names.4': 'd' }],
    ['InvalidItem.1.Tag.1.Value', { Name: 'n', 'Item.1.Key': 'a', 'Item.1.Tag.1.Value': 'x' }],
    ['iot.common.InvalidPageParams', { Name: 'n', PageSize: '51' }],
    ['iot.common.InvalidPageParams', { Name: 'n', PageSize: '0' }],
    ['InvalidPageSize', { Name: 'n', PageSize: 'x' }],
  ])('refuses with %s: %j', (code, given) => {
    expect(codeOf(given)).toBe(code)
  })

  it('takes any names without a crash, and only known ones out', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (given) => {
        expect(Object.keys(read({ Name: 'n', ...given })).length).toBe(row.parameters.length)
      }),
    )
  })
})
