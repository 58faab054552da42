import { FactKind, fact } from '../../facts/fact.ts'
import type { AlinkRow } from '../row.ts'

/** A device's answer to a request of the platform: closes what waits for it, and is recorded (thing-model.md §12.6). */
function downlinkReply(path: string): AlinkRow {
  return {
    path,
    form: 'sys',
    who: 'any',
    errorData: null,
    ackable: false,
    exempt: true,
    registry: false,
    handle(request, turn, world) {
      world.pending.answer(request.owner, request.id, Buffer.from(request.payload))
      turn.fact(
        fact({
          kind: FactKind.downlinkResult,
          productKey: request.owner.productKey,
          deviceName: request.owner.deviceName,
          time: request.now,
          id: request.id,
          topic: path,
          payload: request.payload,
        }),
      )
    },
  }
}

export const topoChangeReply = downlinkReply('thing/topo/change_reply')
export const topoAddNotifyReply = downlinkReply('thing/topo/add/notify_reply')
export const gatewayPermitReply = downlinkReply('thing/gateway/permit_reply')
export const disableReply = downlinkReply('thing/disable_reply')
export const enableReply = downlinkReply('thing/enable_reply')
export const deleteReply = downlinkReply('thing/delete_reply')
