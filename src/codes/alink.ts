/**
 * Every code that Homeport puts into an Alink message, defined once.
 *
 * The rows with a `scenario` are the normative table of errors towards gateways (protocol: errors.md); within a scenario
 * they stand in the order in which the checks are made. Tests, the demo, the documentation and the metrics read this table.
 */

/** Where a gateway meets the error. Each scenario has one topic, see {@link scenarioTopics}. */
export type Scenario = 'login' | 'logout' | 'forced' | 'message'

export interface CodeRow {
  /** Id of the promise, e.g. `login.460`; tests name the ids that they try to break. */
  readonly id: string
  readonly scenario: Scenario
  readonly code: number
  readonly message: string
  /** Name of the check, as it stands in the log and in metrics. */
  readonly check: string
  readonly cause: string
  readonly causeZh: string
  /** What to do about it. */
  readonly cure: string
  readonly cureZh: string
  readonly source: string
}

/** The topic of each scenario; `{gw}` is the gateway's `productKey/deviceName`. */
export const scenarioTopics: Record<Scenario, string> = {
  login: '/ext/session/{gw}/combine/login_reply',
  logout: '/ext/session/{gw}/combine/logout_reply',
  forced: '/ext/session/{gw}/combine/logout_reply',
  message: '/ext/error/{gw}',
}

export const errorRows = [
  {
    id: 'login.460',
    scenario: 'login',
    code: 460,
    message: 'request parameter error',
    check: 'members',
    cause: 'the login is not JSON, or a member is missing, of the wrong type, or not usable for authentication',
    causeZh: '登录消息不是 JSON，或缺少参数、参数类型错误、参数无法用于认证',
    cure: 'send productKey, deviceName, clientId, sign and signMethod as strings; signMethod is hmacmd5, hmacsha1 or hmacsha256',
    cureZh:
      '以字符串发送 productKey、deviceName、clientId、sign、signMethod；signMethod 为 hmacmd5、hmacsha1 或 hmacsha256',
    source: 'errors.md login.460',
  },
  {
    id: 'login.429',
    scenario: 'login',
    code: 429,
    message: 'too many requests',
    check: 'rate',
    cause: 'this sub-device logged in more than five times within a minute, or its gateway asks too often',
    causeZh: '该子设备一分钟内上线超过五次，或网关请求过于频繁',
    cure: 'wait until a minute has passed since the oldest of the last logins, then log in once',
    cureZh: '等待一分钟后再登录一次',
    source: 'errors.md login.429',
  },
  {
    id: 'login.6100',
    scenario: 'login',
    code: 6100,
    message: 'device not found',
    check: 'device',
    cause: 'no such sub-device: the product or the device name is unknown',
    causeZh: '子设备不存在：产品或设备名称未知',
    cure: 'create it: homeport device create PRODUCT_KEY DEVICE_NAME',
    cureZh: '创建设备：homeport device create PRODUCT_KEY DEVICE_NAME',
    source: 'errors.md login.6100',
  },
  {
    id: 'login.521',
    scenario: 'login',
    code: 521,
    message: 'device deleted',
    check: 'deleted',
    cause: 'the sub-device existed, and was deleted',
    causeZh: '子设备已被删除',
    cure: 'create it again and give the device its new secret, or remove it from the gateway',
    cureZh: '重新创建设备并写入新的密钥，或从网关中移除',
    source: 'errors.md login.521',
  },
  {
    id: 'login.522',
    scenario: 'login',
    code: 522,
    message: 'device forbidden',
    check: 'status',
    cause: 'the sub-device is disabled',
    causeZh: '子设备已被禁用',
    cure: 'enable it: homeport device enable PRODUCT_KEY DEVICE_NAME',
    cureZh: '启用设备：homeport device enable PRODUCT_KEY DEVICE_NAME',
    source: 'errors.md login.522',
  },
  {
    id: 'login.6401',
    scenario: 'login',
    code: 6401,
    message: 'topo relation not exist',
    check: 'topology',
    cause: "the sub-device is not in this gateway's topology",
    causeZh: '子设备不在该网关的拓扑中',
    cure: 'add it: the gateway publishes thing/topo/add, or homeport topo add GATEWAY SUB_DEVICE',
    cureZh: '添加拓扑关系：网关发布 thing/topo/add，或 homeport topo add GATEWAY SUB_DEVICE',
    source: 'errors.md login.6401',
  },
  {
    id: 'login.6287',
    scenario: 'login',
    code: 6287,
    message: 'invalid sign',
    check: 'sign',
    cause:
      "the signature was not made with this sub-device's secret over clientId, deviceName, productKey and timestamp",
    causeZh: '签名错误：未使用该子设备的密钥对 clientId、deviceName、productKey、timestamp 签名',
    cure: 'compare with working parameters: homeport sign login GATEWAY SUB_DEVICE',
    cureZh: '与正确的参数对比：homeport sign login GATEWAY SUB_DEVICE',
    source: 'errors.md login.6287',
  },
  {
    id: 'login.428',
    scenario: 'login',
    code: 428,
    message: 'too many subdevices under gateway',
    check: 'capacity',
    cause: 'the gateway already has its maximum of sub-devices on line',
    causeZh: '网关下在线子设备数已达上限',
    cure: 'log other sub-devices out, or raise limits.subDevicesOnline',
    cureZh: '下线其他子设备，或调高 limits.subDevicesOnline',
    source: 'errors.md login.428',
  },
  {
    id: 'login.500',
    scenario: 'login',
    code: 500,
    message: 'server error',
    check: 'store',
    cause: 'the platform could not store the login',
    causeZh: '平台无法持久化本次登录',
    cure: 'log in again; on the server, see the log and GET /readyz (disk full?)',
    cureZh: '重新登录；在服务器上查看日志与 GET /readyz（磁盘是否已满）',
    source: 'errors.md login.500',
  },
  {
    id: 'logout.460',
    scenario: 'logout',
    code: 460,
    message: 'request parameter error',
    check: 'members',
    cause: 'the logout is not JSON, or productKey or deviceName is missing or no string',
    causeZh: '下线消息不是 JSON，或 productKey、deviceName 缺失或不是字符串',
    cure: 'send params with productKey and deviceName of the sub-device as strings',
    cureZh: '以字符串在 params 中发送子设备的 productKey 与 deviceName',
    source: 'errors.md logout.460',
  },
  {
    id: 'logout.520',
    scenario: 'logout',
    code: 520,
    message: 'device no session',
    check: 'session',
    cause: 'the sub-device never was on line through this gateway, or already is off line',
    causeZh: '子设备从未通过该网关上线，或已经下线',
    cure: 'nothing to do: it is off line here',
    cureZh: '无需处理：子设备已不在线',
    source: 'errors.md logout.520',
  },
  {
    id: 'logout.500',
    scenario: 'logout',
    code: 500,
    message: 'server error',
    check: 'store',
    cause: 'the platform could not store the logout; the sub-device stays on line',
    causeZh: '平台无法持久化本次下线，子设备仍在线',
    cure: 'log out again; on the server, see the log and GET /readyz (disk full?)',
    cureZh: '重新下线；在服务器上查看日志与 GET /readyz（磁盘是否已满）',
    source: 'errors.md logout.500',
  },
  {
    id: 'forced.427',
    scenario: 'forced',
    code: 427,
    message: 'device connect in elsewhere',
    check: 'taken-over',
    cause: 'another device with the same productKey, deviceName and secret came on line; this session ended',
    causeZh: '相同身份的设备在别处上线，本会话已结束',
    cure: 'find the second device or gateway that uses these credentials; do not log in again in a loop',
    cureZh: '找出使用相同身份的另一设备或网关；不要循环重新登录',
    source: 'errors.md forced.427',
  },
  {
    id: 'forced.521',
    scenario: 'forced',
    code: 521,
    message: 'device deleted',
    check: 'deleted',
    cause: 'the sub-device was deleted while on line',
    causeZh: '子设备在线时被删除',
    cure: 'stop using it, or create it again with a new secret',
    cureZh: '停止使用该设备，或以新密钥重新创建',
    source: 'errors.md forced.521',
  },
  {
    id: 'forced.522',
    scenario: 'forced',
    code: 522,
    message: 'device forbidden',
    check: 'status',
    cause: 'the sub-device was disabled while on line',
    causeZh: '子设备在线时被禁用',
    cure: 'enable it, then log it in again',
    cureZh: '启用后重新登录',
    source: 'errors.md forced.522',
  },
  {
    id: 'message.520a',
    scenario: 'message',
    code: 520,
    message: 'device session error',
    check: 'no-session',
    cause: 'the gateway published for a sub-device that has no session: never on line, or off line by now',
    causeZh: '网关为没有会话的子设备发布消息：从未上线或已下线',
    cure: 'log the sub-device in, then publish again',
    cureZh: '先登录子设备，再重新发布',
    source: 'errors.md message.520a',
  },
  {
    id: 'message.520b',
    scenario: 'message',
    code: 520,
    message: 'device session error',
    check: 'other-gateway',
    cause: 'the sub-device is on line through another gateway or by its own connection',
    causeZh: '子设备通过另一网关或自身连接在线',
    cure: 'log it in through this gateway, or stop publishing for it here',
    cureZh: '通过本网关登录，或停止在此发布',
    source: 'errors.md message.520b',
  },
] as const satisfies readonly CodeRow[]

export type ErrorId = (typeof errorRows)[number]['id']

const byId = new Map<string, CodeRow>(errorRows.map((row) => [row.id, row]))

/** The row of a promise id, e.g. `login.6401`. */
export function errorRow(id: ErrorId): CodeRow {
  return byId.get(id) as CodeRow
}

/** Codes of requests beside the normative table (sub-devices.md §6–§7, direct.md §8, thing-model.md §6). */
export const alinkCodes = {
  200: 'success',
  401: 'request auth error',
  427: 'device connect in elsewhere',
  428: 'too many subdevices under gateway',
  429: 'too many requests',
  460: 'request parameter error',
  500: 'server error',
  520: 'device no session',
  521: 'device deleted',
  522: 'device forbidden',
  6100: 'device not found',
  6204: 'device is disabled',
  6250: 'product not found',
  6280: 'devicename not meet specs',
  6287: 'invalid sign',
  6288: 'dynamic registration is not enabled',
  6289: 'device is already active',
  6292: 'sign method is not supported',
  6400: 'topo relation count exceed',
  6401: 'topo relation not exist',
  6402: 'topo relation cannot add by self',
  6600: 'signature error',
  6619: 'device is already bound to another gateway',
} as const

export type AlinkCode = keyof typeof alinkCodes

/** Text that stands in `message` of a reply with this code. */
export function alinkMessage(code: AlinkCode): string {
  return alinkCodes[code]
}

/** Reason of a PUBACK on MQTT 5 that goes with an Alink code: one of those that PUBACK has [MQTT-3.4.2-1], which 0x96 is not. */
export function alinkReason(code: number): number {
  switch (code) {
    case 200:
      return 0
    case 460:
      return 0x99
    case 428:
    case 429:
      return 0x97
    case 500:
      return 0x80
    default:
      return 0x87
  }
}
