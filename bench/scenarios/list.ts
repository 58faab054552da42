/** Every scenario, in the order of the table. */
import type { Scenario } from '../harness/scenario.ts'
import { connects, growth, memoryConnections, memorySubDevices } from './connections.ts'
import { postsFlood, postsPaced } from './direct.ts'
import { postsGateways, postsRefused } from './gateways.ts'
import { loginsAmong, loginsBatch, loginsSingle } from './logins.ts'
import { relays } from './relay.ts'
import { start } from './start.ts'
import { transports } from './transports.ts'

export const scenarios = (quick: boolean): readonly Scenario[] => [
  postsFlood,
  postsPaced,
  postsGateways,
  postsRefused,
  loginsSingle,
  loginsBatch,
  loginsAmong(quick),
  connects,
  memoryConnections,
  memorySubDevices,
  growth,
  ...relays,
  ...transports,
  start(quick),
]
