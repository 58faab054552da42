import type { AccessKeys } from '../accounts/keys.ts'
import type { Clock } from '../clock/clock.ts'
import type { Settings } from '../config/settings.ts'
import type { Action } from './action.ts'
import { gatewayFailure } from './failure.ts'
import type { CommonName, GatewayCall } from './gateway-call.ts'
import type { Nonces } from './nonces.ts'
import { SIGNATURE_WINDOW } from './nonces.ts'
import { MAX_PARAMETERS, Parameters } from './parameters.ts'
import type { Rates } from './rates.ts'
import { ACS3, mustSign, signAcs3, stringToSignAcs3 } from './signature/acs3.ts'
import { equalTexts } from './signature/equal.ts'
import { signV1, stringToSignV1 } from './signature/v1.ts'
import { parseStamp } from './times.ts'
import { vendorActions } from './vendor-actions.ts'

/** What the steps look at. */
export interface Gateway {
  readonly keys: AccessKeys
  readonly clock: Clock
  readonly settings: Settings
  readonly actions: ReadonlyMap<string, Action>
  readonly nonces: Nonces
  readonly rates: Rates
}

/** One check of a request. It throws, or fills in what it found. Its name stands in the log. */
export interface Step {
  readonly name: string
  readonly run: (call: GatewayCall, gateway: Gateway) => void
}

/** Order of the checks (openapi.md §3). Nothing is changed before all have passed; the nonce is recorded only after a right signature. */
export const steps: readonly Step[] = [
  { name: 'method', run: checkMethod },
  { name: 'form', run: checkForm },
  { name: 'format', run: checkFormat },
  { name: 'action', run: findAction },
  { name: 'version', run: checkVersion },
  { name: 'presence', run: checkPresence },
  { name: 'access-key', run: findKey },
  { name: 'time', run: checkTime },
  { name: 'signature', run: checkSignature },
  { name: 'nonce', run: useNonce },
  { name: 'rate', run: checkRate },
  { name: 'required', run: (call) => call.parameters?.required() },
  { name: 'types', run: convertValues },
]

function checkMethod(call: GatewayCall): void {
  if (call.http.method !== 'GET' && call.http.method !== 'POST') throw gatewayFailure('UnsupportedHTTPMethod')
}

function checkForm(call: GatewayCall): void {
  if (call.given.size > MAX_PARAMETERS) throw gatewayFailure('InvalidParameter')
}

function checkFormat(call: GatewayCall): void {
  const format = call.given.get('Format')
  if (call.scheme === 'V1' && format && !/^(json|xml)$/i.test(format)) throw gatewayFailure('InvalidParameter.Format')
}

function findAction(call: GatewayCall, gateway: Gateway): void {
  const name = present(call, 'Action')
  if (!vendorActions.has(name)) throw gatewayFailure('InvalidAction.NotFound')
  call.action = name
  call.handler = gateway.actions.get(name) ?? null
  if (call.handler) call.parameters = new Parameters(call.handler.row, call.given)
}

function checkVersion(call: GatewayCall): void {
  if (present(call, 'Version') !== '2018-01-20') throw gatewayFailure('InvalidVersion')
}

function present(call: GatewayCall, name: CommonName): string {
  const value = call.common(name)
  if (value === '') throw gatewayFailure('Missing{Name}', name)
  return value
}

function checkPresence(call: GatewayCall): void {
  if (call.scheme === 'V1') {
    for (const name of [
      'AccessKeyId',
      'Signature',
      'SignatureMethod',
      'SignatureNonce',
      'SignatureVersion',
      'Timestamp',
    ] as const) {
      present(call, name)
    }
    if (call.common('SignatureVersion') !== '1.0') throw gatewayFailure('Invalid{Name}', 'SignatureVersion')
    if (call.common('SignatureMethod') !== 'HMAC-SHA1') throw gatewayFailure('InvalidSignatureMethod')
    return
  }
  if (call.http.headers.authorization === undefined) throw gatewayFailure('Missing{Name}', 'Authorization')
  present(call, 'SignatureNonce')
  present(call, 'Timestamp')
  if (call.authorization === null) throw gatewayFailure('IncompleteSignature')
  if (call.authorization.algorithm !== ACS3) throw gatewayFailure('InvalidSignatureMethod')
  const left = mustSign.find((name) => !call.authorization?.signedHeaders.includes(name))
  if (left) throw gatewayFailure('IncompleteSignature', '', ` SignedHeaders leaves out ${left}`)
}

function findKey(call: GatewayCall, gateway: Gateway): void {
  const key = gateway.keys.find(call.common('AccessKeyId'))
  if (!key) throw gatewayFailure('InvalidAccessKeyId.NotFound')
  if (!key.active) throw gatewayFailure('InvalidAccessKeyId.Inactive')
  call.secret = gateway.keys.secret(key.id) ?? ''
}

function checkTime(call: GatewayCall, gateway: Gateway): void {
  const time = parseStamp(call.common('Timestamp'))
  if (Number.isNaN(time)) throw gatewayFailure('InvalidTimeStamp.Format')
  if (Math.abs(gateway.clock.real() - time) > SIGNATURE_WINDOW) throw gatewayFailure('InvalidTimeStamp.Expired')
  call.time = time
}

function checkSignature(call: GatewayCall): void {
  const text = call.authorization
    ? stringToSignAcs3(call.http, call.authorization.signedHeaders)
    : stringToSignV1(call.http.method, call.given)
  const expected = call.authorization ? signAcs3(text, call.secret) : signV1(text, call.secret)
  if (!equalTexts(expected, call.common('Signature'))) throw gatewayFailure('SignatureDoesNotMatch', '', text)
}

function useNonce(call: GatewayCall, gateway: Gateway): void {
  const { nonces, clock } = gateway
  const use = nonces.use(call.common('AccessKeyId'), call.common('SignatureNonce'), call.time, clock.real())
  if (use === 'used') throw gatewayFailure('SignatureNonceUsed')
  if (use === 'full') throw gatewayFailure('Throttling.User')
}

function checkRate(call: GatewayCall, gateway: Gateway): void {
  if (gateway.settings.limits.profile !== 'vendor' || !call.row) return
  const account = `${call.common('AccessKeyId')}/${call.action}`
  if (!gateway.rates.allow(account, call.row.qps, gateway.clock.mono())) throw gatewayFailure('Throttling.Api')
}

function convertValues(call: GatewayCall): void {
  if (call.parameters) call.values = call.parameters.values()
}
