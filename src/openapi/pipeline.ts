import { DownlinkRateExceeded } from '../platform/rates.ts'
import { StoreFailure } from '../platform/registry.ts'
import type { Random } from '../random/random.ts'
import { uuid } from '../random/random.ts'
import type { Action } from './action.ts'
import type { Addressee, HttpAnswer } from './answer.ts'
import { refusal, rejection, success } from './answer.ts'
import type { ApiContext } from './context.ts'
import type { Answer } from './failure.ts'
import { BusinessFailure, gatewayFailure, RequestFailure } from './failure.ts'
import { GatewayCall } from './gateway-call.ts'
import type { HttpCall } from './http-call.ts'
import { Nonces } from './nonces.ts'
import { Rates } from './rates.ts'
import type { Gateway } from './steps.ts'
import { steps } from './steps.ts'

/** From a request on `/` to its answer: the steps in their order, then the action. */
export class Pipeline {
  readonly #context: ApiContext
  readonly #random: Random
  readonly #gateway: Gateway

  constructor(context: ApiContext, actions: readonly Action[]) {
    this.#context = context
    this.#random = context.maker.random
    this.#gateway = {
      keys: context.keys,
      clock: context.clock,
      settings: context.settings,
      actions: new Map(actions.map((action) => [action.row.name, action])),
      nonces: new Nonces(),
      rates: new Rates(),
    }
  }

  async answer(http: HttpCall): Promise<HttpAnswer> {
    const call = new GatewayCall(http, uuid(this.#random))
    try {
      this.#check(call)
      return success(addressee(call), await this.#run(call))
    } catch (error) {
      const failure = known(error) ?? this.#defect(call, error)
      this.#context.metrics.refused('openapi', failure.code)
      return this.#failed(call, failure)
    }
  }

  #check(call: GatewayCall): void {
    for (const step of steps) {
      try {
        step.run(call, this.#gateway)
      } catch (error) {
        this.#log(call, step.name, error)
        throw error
      }
    }
  }

  async #run(call: GatewayCall): Promise<Answer> {
    if (!call.handler) {
      this.#context.metrics.refused('unsupported action', call.action)
      throw new BusinessFailure('iot.common.APINotSupportedInInstance', {
        message: `${call.action}: this API operation is not supported in this instance.`,
      })
    }
    const instance = call.given.get('IotInstanceId')
    if (instance && instance !== this.#context.settings.openapi.instanceId) {
      throw new BusinessFailure('iot.Sre.IotInstanceNotFound')
    }
    try {
      return await call.handler.handle(call.values as never, this.#context)
    } catch (error) {
      this.#log(call, 'action', error)
      throw error
    }
  }

  #failed(call: GatewayCall, failure: RequestFailure | BusinessFailure): HttpAnswer {
    if (failure instanceof RequestFailure) return rejection(addressee(call), failure)
    return refusal(addressee(call), failure, Number(this.#context.settings.openapi.businessErrorStatus))
  }

  #log(call: GatewayCall, check: string, error: unknown): void {
    const failure = known(error)
    if (!failure) return
    this.#context.log.refusal({
      scenario: `openapi ${call.common('Action')}`.trimEnd(),
      who: call.common('AccessKeyId'),
      through: call.http.remote,
      check,
      code: failure.code,
      why: failure.message.slice(0, 300),
      id: call.requestId,
    })
  }

  #defect(call: GatewayCall, error: unknown): RequestFailure {
    this.#context.log.error('OpenAPI call failed', { requestId: call.requestId, action: call.action, err: error })
    return gatewayFailure('InternalError')
  }
}

function known(error: unknown): RequestFailure | BusinessFailure | null {
  if (error instanceof RequestFailure || error instanceof BusinessFailure) return error
  if (error instanceof DownlinkRateExceeded) return new BusinessFailure('iot.messagebroker.RateLimit')
  return error instanceof StoreFailure ? new BusinessFailure('iot.system.SystemException') : null
}

function addressee(call: GatewayCall): Addressee {
  return { requestId: call.requestId, format: call.format, action: call.action, host: call.host }
}
