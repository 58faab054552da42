/**
 * Every code that the HTTP APIs answer with, defined once (protocol: openapi.md §3, §4). Clients compare codes exactly, case and
 * misspellings included.
 */

export interface ApiCodeRow {
  readonly code: string
  /** HTTP status of a gateway failure; 200 for business codes (the setting `openapi.businessErrorStatus` can make them 400). */
  readonly status: number
  readonly message: string
  readonly cause: string
  /** What to do about it. */
  readonly cure: string
  readonly source: string
}

function gateway(code: string, status: number, message: string, cause: string, cure: string): ApiCodeRow {
  return { code, status, message, cause, cure, source: 'openapi.md §3' }
}

function business<const C extends string>(
  code: C,
  message: string,
  cause: string,
  cure: string,
): ApiCodeRow & { readonly code: C } {
  return { code, status: 200, message, cause, cure, source: 'openapi.md §4' }
}

/**
 * Failures before an action runs, in the order in which the pipeline checks. `{Name}` stands for the parameter's name.
 */
export const gatewayCodes = {
  UnsupportedHTTPMethod: gateway(
    'UnsupportedHTTPMethod',
    400,
    'This http method is not supported.',
    'the request is neither GET nor POST',
    'use GET or POST on /',
  ),
  InvalidParameter: gateway(
    'InvalidParameter',
    400,
    'The specified parameter is not valid.',
    'the request cannot be read, or has too many parameters',
    'send at most 50,000 parameters, urlencoded',
  ),
  RequestBodyTooLarge: gateway(
    'RequestBodyTooLarge',
    413,
    'The request body is too large.',
    'the body is larger than 8 MiB',
    'split the call',
  ),
  'InvalidParameter.Format': gateway(
    'InvalidParameter.Format',
    400,
    'Specified parameter format is not valid.',
    'Format is neither JSON nor XML',
    'send Format=JSON',
  ),
  'Missing{Name}': gateway(
    'Missing{Name}',
    400,
    '{Name} is mandatory for this action.',
    'a required parameter is absent or empty',
    'send it',
  ),
  'InvalidAction.NotFound': gateway(
    'InvalidAction.NotFound',
    404,
    'Specified api is not found, please check your url and method.',
    'no action has this name; names are case-sensitive',
    "compare the name with the vendor's list",
  ),
  InvalidVersion: gateway(
    'InvalidVersion',
    400,
    'Specified parameter Version is not valid.',
    'Version is not 2018-01-20',
    'send Version=2018-01-20',
  ),
  InvalidSignatureMethod: gateway(
    'InvalidSignatureMethod',
    400,
    'Specified signature method is not valid.',
    'SignatureMethod is not HMAC-SHA1, or Authorization not ACS3-HMAC-SHA256',
    'sign with HMAC-SHA1 (V1) or ACS3-HMAC-SHA256',
  ),
  IncompleteSignature: gateway(
    'IncompleteSignature',
    400,
    'The request signature does not conform to Aliyun standards. server string to sign is:',
    'Authorization cannot be read, or leaves out a header that must be signed',
    'sign host and every x-acs-* header',
  ),
  'InvalidAccessKeyId.NotFound': gateway(
    'InvalidAccessKeyId.NotFound',
    404,
    'Specified access key is not found.',
    'no access key has this id',
    'use the access key that Homeport printed at its first start',
  ),
  'InvalidAccessKeyId.Inactive': gateway(
    'InvalidAccessKeyId.Inactive',
    400,
    'Specified access key is disabled.',
    'the access key was revoked',
    'use another access key',
  ),
  'InvalidTimeStamp.Format': gateway(
    'InvalidTimeStamp.Format',
    400,
    'Specified time stamp or date value is not well formatted.',
    'Timestamp or x-acs-date is not yyyy-MM-ddTHH:mm:ssZ',
    'send the time in UTC',
  ),
  'InvalidTimeStamp.Expired': gateway(
    'InvalidTimeStamp.Expired',
    400,
    'Specified time stamp or date value is expired.',
    'the time is more than 15 minutes off',
    'set the clock of the caller, or of the server',
  ),
  SignatureDoesNotMatch: gateway(
    'SignatureDoesNotMatch',
    400,
    'Specified signature is not matched with our calculation. server string to sign is:',
    'the signature was not made with the secret of this access key over these parameters',
    'compare the string to sign with your own; if they are equal, the secret is wrong',
  ),
  SignatureNonceUsed: gateway(
    'SignatureNonceUsed',
    400,
    'Specified signature nonce was used already.',
    'this access key sent the same nonce before',
    'make a new nonce for each request, also when you repeat one',
  ),
  'Throttling.User': gateway(
    'Throttling.User',
    400,
    'Request was denied due to user flow control.',
    'more requests within 15 minutes than nonces can be remembered',
    'wait and try again',
  ),
  'Throttling.Api': gateway(
    'Throttling.Api',
    400,
    'Request was denied due to api flow control.',
    'more calls of this action within a second than the vendor allows (limits.profile: vendor)',
    'wait and try again, or set limits.profile to default',
  ),
  'Invalid{Name}': gateway(
    'Invalid{Name}',
    400,
    'Specified parameter {Name} is not valid.',
    'the value is not of its type, or outside its limits',
    'send a value of the documented type and range',
  ),
  InternalError: gateway(
    'InternalError',
    500,
    'The request processing has failed due to some unknown error, exception or failure.',
    'a defect of Homeport',
    'look for the RequestId in the log, and report it',
  ),
  ServiceUnavailable: gateway(
    'ServiceUnavailable',
    503,
    'The request has failed due to a temporary failure of the server.',
    'the server starts or stops',
    'try again',
  ),
} as const satisfies Record<string, ApiCodeRow>

export type GatewayCode = keyof typeof gatewayCodes

const rows = [
  business(
    'iot.system.SystemException',
    'An internal error occurred. Try again later.',
    'the store could not write the change',
    'look at /readyz and the free space of the data directory, then try again',
  ),
  business(
    'iot.system.IllegalRequest',
    'The request parameter is invalid.',
    'the parameters contradict each other',
    'compare them with the documentation of the action',
  ),
  business(
    'iot.Sre.IotInstanceNotFound',
    'The instance does not exist.',
    'IotInstanceId is not openapi.instanceId',
    'leave IotInstanceId out',
  ),
  business(
    'iot.common.InvalidPageParams',
    'The specified pagination size or pagination parameter is invalid.',
    'the page is below 1, or its size outside 1 to the maximum',
    'count pages from 1 and keep to the maximum size',
  ),
  business(
    'iot.common.APINotSupportedInInstance',
    'This API operation is not supported in this instance.',
    'the vendor has this action, Homeport does not yet',
    'do without it, or ask for it',
  ),
  business(
    'iot.common.InvalidFormattedParameter',
    'The parameter format is invalid.',
    'a parameter breaks its rule',
    'compare it with the documentation of the action',
  ),
  business(
    'iot.common.TooManyRequest',
    'Request frequency is too high',
    "the limits of the vendor's cloud are on",
    'wait and try again',
  ),
  business(
    'iot.prod.NotExistedProduct',
    'The specified product does not exist.',
    'no product has this key',
    'homeport product list shows those that exist',
  ),
  business(
    'iot.prod.NullProductKey',
    'The ProductKey parameter cannot be empty.',
    'neither IotId nor ProductKey was sent',
    'send IotId, or ProductKey and DeviceName',
  ),
  business(
    'iot.prod.InvalidFormattedProductkey',
    'The ProductKey format is invalid.',
    'a ProductKey has letters and digits only',
    'compare it with homeport product list',
  ),
  business(
    'iot.prod.AlreadyExistedProductName',
    'The product name already exists.',
    'another product has this name',
    'choose another name',
  ),
  business(
    'iot.prod.AlreadyExistedProductKey',
    'The product key already exists.',
    'another product has this key',
    'choose another key',
  ),
  business(
    'iot.prod.InvalidFormattedProductName',
    'The product name format is invalid.',
    'a product name has 4 to 30 letters, digits, _ - @ ( ) or Chinese characters, a Chinese one counting two',
    'choose another name',
  ),
  business(
    'iot.prod.LongProductDesc',
    'The product description is too long.',
    'a description has at most 100 characters',
    'shorten it',
  ),
  business(
    'iot.prod.InvalidNodeType',
    'The node type is invalid.',
    'NodeType is neither 0 (device) nor 1 (gateway)',
    'send 0 or 1',
  ),
  business(
    'iot.prod.InvalidAliyunCommodityCode',
    'The commodity code is invalid.',
    'AliyunCommodityCode is neither iothub nor iothub_senior',
    'send one of them, or leave it out',
  ),
  business(
    'iot.prod.InvalidProductAuthType',
    'The product authentication type is invalid.',
    'AuthType is not secret',
    'leave AuthType out',
  ),
  business(
    'iot.prod.ProductCountExceedMax',
    'The number of products exceeds the limit.',
    'there are 1000 products',
    'delete one',
  ),
  business(
    'iot.prod.ProductHasDevices',
    'The product has devices.',
    'a product with devices cannot be deleted',
    'delete its devices first',
  ),
  business(
    'iot.device.NotExistedDevice',
    'The device does not exist.',
    'no device has this name in this product',
    'homeport device list shows those that exist',
  ),
  business(
    'iot.device.InvalidIoTId',
    'The specified device ID is invalid.',
    'no device has this IotId',
    'QueryDevice shows the IotId of each device',
  ),
  business(
    'iot.device.NullDeviceName',
    'The DeviceName parameter cannot be empty.',
    'ProductKey came without DeviceName',
    'send both',
  ),
  business(
    'iot.device.InvalidFormattedDeviceName',
    'The DeviceName format is invalid.',
    'a device name has 4 to 32 letters, digits, - _ @ . :',
    'choose another name',
  ),
  business(
    'iot.device.AlreadyExistedDeviceName',
    'The DeviceName already exists.',
    'the product has a device of this name',
    'QueryDeviceDetail shows it',
  ),
  business(
    'iot.device.InvalidFormattedDeviceNameInNameArray',
    'The DeviceName list contains an invalid DeviceName.',
    'a name in the list breaks the rule, or stands in it twice',
    'Data names them',
  ),
  business(
    'iot.device.NoneDeviceNameElement',
    'The DeviceName list is empty.',
    'no name was sent',
    'send DeviceName.1',
  ),
  business(
    'iot.device.TooManyDeviceNamesPerRequest',
    'The devices you query exceed the maximum number.',
    'more than 50 devices in one call',
    'split the call',
  ),
  business(
    'iot.device.DeviceNumerExceedTenant',
    'The device total number beyond limit.',
    'the product has a million devices',
    'make another product',
  ),
  business(
    'iot.device.InvalidFormattedNickname',
    'The nickname format is invalid.',
    'a nickname has 4 to 64 letters, digits, _ or Chinese characters, a Chinese one counting two',
    'choose another nickname',
  ),
  business(
    'iot.device.DeviceCountExceeded',
    'The number of devices in one call exceeds the limit.',
    'Count is outside 1 to 1000',
    'split the call',
  ),
  business(
    'iot.device.DeviceApplyIsNotFound',
    'The application does not exist.',
    'no BatchRegisterDevice or BatchCheckDeviceNames gave this ApplyId',
    'use the ApplyId of an answer',
  ),
  business(
    'iot.device.IncorrentDeviceApplyInfo',
    'The application cannot be used for this.',
    'the ApplyId belongs to another product, or its check failed',
    'ask QueryBatchRegisterDeviceStatus',
  ),
  business(
    'iot.device.CreateDeviceTaskIsRunning',
    'The devices are being created.',
    'the devices of this ApplyId are being made, or were made',
    'ask QueryBatchRegisterDeviceStatus',
  ),
  business(
    'iot.device.InvalidDeviceNickNameExisted',
    'The nickname list contains an invalid nickname.',
    'a nickname in the list breaks the rule',
    'a nickname has 4 to 64 letters, digits, _ or Chinese characters',
  ),
  business('iot.device.NullDevicePropertyKey', 'The tag key cannot be empty.', 'a key is empty', 'name each tag'),
  business(
    'iot.device.InvalidFormattedDevicePropertyKey',
    'The tag key format is invalid.',
    'a key breaks the rule',
    'use letters, digits, dots, hyphens and underscores',
  ),
  business(
    'iot.device.InvalidFormattedDevicePropertiesString',
    'The format of Props is invalid.',
    'Props is no JSON object of strings',
    'send {"key":"value"}',
  ),
  business(
    'iot.device.LongDevicePropertiesString',
    'The length of Props exceeds the limit.',
    'Props has more than 5 KB',
    'split the call',
  ),
  business('iot.device.NoneDeviceProperties', 'Props is empty.', 'Props names no tag', 'send one tag at least'),
  business(
    'iot.device.TooManyDevicePropertiesPerTime',
    'The number of tags exceeds the limit.',
    'a call, and a device, have at most 100 tags',
    'delete some',
  ),
  business(
    'iot.device.AddTopoRelationFailed',
    'An error occurred while adding the topological relation.',
    'the named device is no gateway, is the gateway itself, is disabled, or its signature is wrong',
    'compare with homeport sign login GATEWAY SUB_DEVICE',
  ),
  business(
    'iot.device.RemoveTopoRelationFailed',
    'An error occurred while removing the topological relation.',
    'the sub-device is in no topology',
    'GetThingTopo shows the topology of a gateway',
  ),
  business(
    'iot.device.QueryTopoRelationFailed',
    'An error occurred while querying the topological relation.',
    'PageSize is above 50, the device is no gateway, or no gateway has it',
    'use PageSize 1 to 50',
  ),
  business(
    'iot.device.TopoRelationCountExceeded',
    'The number of topological relations exceeds the limit.',
    'the gateway has limits.topology sub-devices',
    'remove some, or raise limits.topology',
  ),
  business(
    'iot.device.QueryDeviceStatisticsFailed',
    'An error occurred while querying the device statistics.',
    'the device group does not exist',
    'leave GroupId out',
  ),
  business(
    'iot.device.OfflineDevice',
    'The device is offline.',
    'nobody is there to receive it',
    'wait until the device is on line',
  ),
  business(
    'iot.device.InactiveDevice',
    'The device is inactive.',
    'the device was never on line',
    'wait until it has logged in',
  ),
  business(
    'iot.device.DeviceIsDisable',
    'The specified device has been disabled.',
    'the device is disabled',
    'enable it',
  ),
  business(
    'iot.messagebroker.InvalidFormattedTopicName',
    'The topic format specified while publishing the message is incorrect.',
    "the topic is not one of the product's, is a system topic, or has wildcards",
    'use /{ProductKey}/{DeviceName}/user/… of a topic class with SUB or ALL',
  ),
  business(
    'iot.messagebroker.NullMessageContent',
    'The message content cannot be empty.',
    'MessageContent is empty',
    'send base64',
  ),
  business(
    'iot.messagebroker.MessageContentIsNotBase64Encode',
    'The message content is not encoded into the base64 format.',
    'MessageContent is not standard base64',
    'encode the payload with the standard alphabet',
  ),
  business(
    'iot.messagebroker.MessageContentIsTooLarge',
    'The message content exceeds the limit.',
    'the decoded payload is over 256 KB, or over 64 KB in PubBroadcast',
    'split the payload',
  ),
  business(
    'iot.messagebroker.InvalidTimeoutValue',
    'The timeout value is invalid.',
    'Timeout is outside 1000 to 8000 milliseconds',
    'send 1000 to 8000',
  ),
  business(
    'iot.messagebroker.RateLimit',
    'The rate of messages exceeds the limit.',
    "the device reads too slowly, or the vendor's limits are on",
    'wait and try again',
  ),
  business(
    'iot.messagebroker.PublishMessageFailed',
    'An error occurred while publishing the message.',
    'the message could not be sent',
    'try again',
  ),
  business(
    'iot.messagebroker.RrpcFailed',
    'An error occurred while calling the device.',
    'the request could not be sent',
    'try again',
  ),
  business(
    'iot.messagebroker.InvalidFormattedTopicTemplateId',
    'The topic class ID is invalid.',
    'TopicId is no number',
    'QueryProductTopic shows the ids',
  ),
  business(
    'iot.messagebroker.TopicTemplateIsNotFound',
    'The topic class does not exist.',
    'no topic class has this id',
    'QueryProductTopic shows the ids',
  ),
  business(
    'iot.messagebroker.TopicAlreadyFound',
    'The topic class already exists.',
    'the product has this topic class',
    'QueryProductTopic shows it',
  ),
  business(
    'iot.messagebroker.TopicTemplateCountExceedMax',
    'The number of topic classes exceeds the limit.',
    'a product has at most 50 topic classes',
    'delete one',
  ),
  business(
    'iot.messagebroker.InvalidTopicTemplateOperationValue',
    'The topic operation is invalid.',
    'Operation is none of SUB, PUB, ALL',
    'send one of them',
  ),
] as const

/** Codes of an action that did not do what it was asked. */
export type BusinessCode = (typeof rows)[number]['code']

export const businessCodes: ReadonlyMap<string, ApiCodeRow> = new Map(rows.map((row) => [row.code, row]))

/** All rows, for documentation and tests. */
export const apiCodes: readonly ApiCodeRow[] = [...Object.values(gatewayCodes), ...rows]
