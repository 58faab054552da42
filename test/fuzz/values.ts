/** Topics, filters, payloads and properties: mostly such as clients send, some of them just beyond what is allowed. */
import type { PropertyPlace, PropertyRow } from '../../src/mqtt/codec/properties.ts'
import { propertyRows } from '../../src/mqtt/codec/properties.ts'
import { Bytes } from './bytes.ts'
import type { Chance } from './chance.ts'

const LEVELS = ['a', 'b', 'c', 'sensor', '1', '', 'ü', '𝌆', '$x']
const RARE_TOPICS = [
  '/',
  '//',
  '$SYS/broker/version',
  '$share/g/a',
  '/broadcast/a1SuBPk0002/x',
  '/sys/a1SuBPk0002/dev_001/thing/event/property/post',
  '/sys/a1SuBPk0002/dev_001/thing/service/property/set',
  '/ext/error/a1GwPk00001/gw_001',
  'x'.repeat(300),
  '/'.repeat(199),
]
const ODD_TOPICS = ['', 'a/+/b', 'a/#', 'a\0b', '/'.repeat(200), 'x/'.repeat(30_000)]
const RARE_FILTERS = [
  '#',
  '+',
  '/#',
  '+/+',
  '$SYS/#',
  '$share/g/#',
  '$share/g/f/+',
  '$share/h/$SYS/#',
  '+/'.repeat(199),
]
const ODD_FILTERS = ['', '#/a', 'a#', 'a+/b', '$share//a', '$share/g', '$share/g+/a', '\0', '+/'.repeat(201)]

function levels(chance: Chance): string {
  const count = chance.between(1, 4)
  let out = chance.pick(LEVELS)
  for (let i = 1; i < count; i++) out += `/${chance.pick(LEVELS)}`
  return out
}

export function topic(chance: Chance): string {
  if (chance.odd(12)) return chance.pick(ODD_TOPICS)
  return chance.oneIn(16) ? chance.pick(RARE_TOPICS) : `f/${levels(chance)}`
}

export function filter(chance: Chance): string {
  if (chance.odd(10)) return chance.pick(ODD_FILTERS)
  if (chance.oneIn(20)) return chance.pick(RARE_FILTERS)
  const parts = `f/${levels(chance)}`.split('/').map((level) => (chance.oneIn(5) ? '+' : level))
  if (chance.oneIn(8)) parts.push('#')
  const plain = parts.join('/')
  return chance.oneIn(8) ? `$share/${chance.pick(['g', 'h'])}/${plain}` : plain
}

export function payload(chance: Chance): Buffer {
  const size = chance.oneIn(400) ? chance.between(1000, 300_000) : chance.oneIn(6) ? 0 : chance.between(1, 120)
  if (size > 1000) return Buffer.alloc(size, chance.below(256))
  return chance.bytes(size)
}

/** Surrogates, overlong and cut sequences, U+0000, a byte order mark, non-characters. */
const ODD_TEXTS = ['c080', 'eda080', 'f4908080', 'ff', 'e282', '00', 'efbbbf', 'efbfbf', 'c3'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

export function text(chance: Chance): string | Buffer {
  if (chance.odd(25)) return chance.pick(ODD_TEXTS)
  return chance.pick(['', 'x', 'name', 'a longer value', 'ü𝌆', 'f/a'])
}

function value(out: Bytes, row: PropertyRow, chance: Chance): void {
  switch (row.type) {
    case 'u8':
      out.u8(chance.odd(10) ? chance.below(256) : chance.below(2))
      break
    case 'u16':
      out.u16(chance.odd(4) ? chance.below(65_536) : chance.between(1, 20))
      break
    case 'u32':
      out.u32(chance.pick([chance.wild ? 0 : 9, 1, 2, 60, 3600, 0xffff_ffff, chance.next()]))
      break
    case 'varint':
      out.varint(chance.oneIn(8) ? chance.below(268_435_456) : chance.between(1, 300))
      break
    case 'pair':
      out.text(text(chance)).text(text(chance))
      break
    default:
      out.text(row.name === 'responseTopic' ? topic(chance) : text(chance))
  }
}

/** The few that a place has, each once; or soup: any of them, as often as it comes, and ids that no property has. */
export function properties(chance: Chance, place: PropertyPlace): Buffer {
  if (chance.oneIn(3)) return Buffer.from([0])
  const soup = chance.odd(12)
  const rows = soup ? propertyRows : propertyRows.filter((row) => row.places.includes(place))
  const out = new Bytes()
  const used = new Set<number>()
  for (let left = chance.below(5); left > 0 && rows.length > 0; left--) {
    const row = chance.pick(rows)
    if (!soup && skipped(row, place, used)) continue
    used.add(row.id)
    out.u8(soup && chance.oneIn(10) ? chance.below(256) : row.id)
    value(out, row, chance)
  }
  const bytes = out.done()
  const length = soup && chance.oneIn(3) ? chance.below(bytes.length * 2 + 2) : bytes.length
  return new Bytes().varint(length).raw(bytes).done()
}

/** Twice where once is allowed; what only servers send; a method of authentication, which ends every CONNECT. */
function skipped(row: PropertyRow, place: PropertyPlace, used: ReadonlySet<number>): boolean {
  if (row.name === 'authenticationMethod' || row.name === 'authenticationData') return true
  if (row.name === 'subscriptionIdentifier' && place === 'publish') return true
  return used.has(row.id) && row.type !== 'pair'
}
