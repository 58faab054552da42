import { expect, test } from 'vitest'
import { VirtualClock } from '../../clock/virtual.ts'
import { WAITING_TIME, Waiting } from './waiting.ts'

test('each is dropped when its time is over, and no other', () => {
  const clock = new VirtualClock()
  const waiting = new Waiting(clock)
  const dropped: string[] = []
  const waiter = (name: string) => ({ drop: () => dropped.push(name) })
  const through = waiter('through')
  waiting.add(waiter('first'))
  waiting.add(through)
  clock.advance(4000)
  waiting.add(waiter('second'))
  waiting.remove(through)
  clock.advance(WAITING_TIME - 4001)
  expect(dropped).toEqual([])
  clock.advance(1)
  expect(dropped).toEqual(['first'])
  clock.advance(3999)
  expect([dropped.length, waiting.count]).toEqual([1, 1])
  clock.advance(1)
  expect([dropped, waiting.count]).toEqual([['first', 'second'], 0])
  waiting.add(waiter('third'))
  waiting.dropAll()
  clock.advance(WAITING_TIME)
  expect([dropped, waiting.count]).toEqual([['first', 'second', 'third'], 0])
})
