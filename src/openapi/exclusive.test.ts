import { expect, it } from 'vitest'
import { Exclusive } from './exclusive.ts'

it('runs step after step, the first part of each when the registry is free', async () => {
  const log: string[] = []
  const free = { whenFree: (step: () => void) => step() }
  const exclusive = new Exclusive(free, (cause) => cause)
  const slow = exclusive.run(async () => {
    log.push('a begins')
    await new Promise((resolve) => setImmediate(resolve))
    log.push('a ends')
    return 1
  })
  const failing = exclusive.run(() => {
    log.push('b')
    throw new Error('no')
  })
  const last = exclusive.run(() => log.push('c'))
  await expect(failing).rejects.toThrow('no')
  expect(await slow).toBe(1)
  await last
  expect(log).toEqual(['a begins', 'a ends', 'b', 'c'])
})

it('tells a step that its turn never came', async () => {
  const stuck = { whenFree: (_step: () => void, failed: (cause: Error) => void) => failed(new Error('busy')) }
  const exclusive = new Exclusive(stuck, (cause) => new Error(`store: ${cause.message}`))
  await expect(exclusive.run(() => 1)).rejects.toThrow('store: busy')
})
