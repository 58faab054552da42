/** What single and batch logout share (sub-devices.md §2, §3; errors.md, scenario logout). */
import type { DeviceRef } from '../../effects/effect.ts'
import type { Turn } from '../../effects/turn.ts'
import { logout } from '../../sessions/logout.ts'
import { refuse } from '../refuse.ts'
import type { Request, World } from '../row.ts'

/** Logs the devices out, all or nothing; `data` renders the reply's list or object. */
export function logoutAll(
  request: Request,
  devices: readonly DeviceRef[],
  turn: Turn,
  world: World,
  data: (devices: readonly DeviceRef[]) => string,
): undefined {
  const slotted = devices.map((device) => world.directory.device(device.productKey, device.deviceName) ?? null)
  const outcome = logout(world.sessions, request.link, slotted, request.now, turn)
  if (outcome !== null) {
    const device = devices[outcome.index] as DeviceRef
    return refuse(world, turn, request, 520, { check: 'session', why: outcome.why, device, data: data([device]) })
  }
  request.errorData = data(devices)
  turn.succeed(request, request.errorData)
}
