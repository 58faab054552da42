import { expect, it } from 'vitest'
import { toXml } from './xml.ts'

const HEAD = "<?xml version='1.0' encoding='UTF-8'?>"

it.each<[string, Parameters<typeof toXml>[1], string]>([
  [
    'members',
    { A: 'x', B: 1, C: true, D: null, E: 12345678901234567890n },
    '<A>x</A><B>1</B><C>true</C><D></D><E>12345678901234567890</E>',
  ],
  ['objects', { Data: { A: { B: 'c' } } }, '<Data><A><B>c</B></A></Data>'],
  ['a list', { Data: { Info: [{ A: 1 }, { A: 2 }] } }, '<Data><Info><A>1</A></Info><Info><A>2</A></Info></Data>'],
  ['a list of texts', { Names: { Name: ['a', 'b'] } }, '<Names><Name>a</Name><Name>b</Name></Names>'],
  ['a bare list', { Data: [{ A: 1 }, { A: 2 }] }, '<Data><e><A>1</A></e><e><A>2</A></e></Data>'],
  ['an empty list', { Data: { Info: [] } }, '<Data></Data>'],
  ['what must be escaped', { A: '<a href="x">&\u0000\ud800' }, '<A>&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd</A>'],
])('%s', (_name, answer, xml) => {
  expect(toXml('Root', answer)).toBe(`${HEAD}<Root>${xml}</Root>`)
})
