import { expect, it } from 'vitest'
import { StoreFailure } from '../platform/registry.ts'
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

it('where the store fails, all that queue by then fail with it, and the next tries anew', async () => {
  const free = { whenFree: (step: () => void) => step() }
  const exclusive = new Exclusive(free, (cause) => new StoreFailure(cause))
  const tried: string[] = []
  const step = (name: string, failure?: Error) => () => {
    tried.push(name)
    return failure ? Promise.reject(failure) : Promise.resolve(name)
  }
  const full = new StoreFailure(new Error('disk full'))
  const all = await Promise.allSettled([
    exclusive.run(step('a')),
    exclusive.run(step('b', full)),
    exclusive.run(step('c')),
    exclusive.run(step('d')),
  ])
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  expect(tried).toEqual(['a', 'b'])
  await expect(exclusive.run(step('e'))).resolves.toBe('e')
})
