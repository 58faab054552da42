import type { ActionRow } from './action-row.ts'

/**
 * The vendor's OpenAPI, product Iot, version 2018-01-20, as far as Homeport answers it: parameters and members of the answers
 * beside RequestId, Success, Code and ErrorMessage. Taken from the vendor's API metadata (openapi.md); a list of objects has its
 * members, a list in an answer is `[element]`.
 */
export const actionRows = [
  {
    name: 'CreateProduct',
    qps: 50,
    parameters: [
      { name: 'AliyunCommodityCode', type: 'string' },
      { name: 'AuthType', type: 'string', default: 'secret', values: ['secret', 'id2', 'x509', 'one-party'] },
      { name: 'CategoryKey', type: 'string' },
      { name: 'DataFormat', type: 'integer', values: [0, 1] },
      { name: 'Description', type: 'string' },
      { name: 'Id2', type: 'boolean', default: false },
      { name: 'JoinPermissionId', type: 'string' },
      { name: 'NetType', type: 'string', default: 'WIFI', values: ['WIFI', 'CELLULAR', 'ETHERNET', 'OTHER', 'LORA'] },
      { name: 'NodeType', type: 'integer', required: true, values: [0, 1] },
      { name: 'ProductName', type: 'string', required: true },
      { name: 'ProtocolType', type: 'string', values: ['modbus', 'opc-ua', 'customize', 'ble', 'zigbee'] },
      { name: 'PublishAuto', type: 'boolean', default: true },
      { name: 'ResourceGroupId', type: 'string' },
      { name: 'ValidateType', type: 'integer', default: 1, values: [1, 2] },
    ],
    answer: {
      Data: {
        AliyunCommodityCode: 'string',
        AuthType: 'string',
        DataFormat: 'integer',
        Description: 'string',
        Id2: 'boolean',
        NodeType: 'integer',
        ProductKey: 'string',
        ProductName: 'string',
        ProductSecret: 'string',
        ProtocolType: 'string',
      },
      ProductKey: 'string',
    },
  },
  {
    name: 'UpdateProduct',
    qps: 10,
    parameters: [
      { name: 'Description', type: 'string' },
      { name: 'ProductKey', type: 'string', required: true },
      { name: 'ProductName', type: 'string', required: true },
    ],
    answer: {},
  },
  {
    name: 'DeleteProduct',
    qps: 500,
    parameters: [{ name: 'ProductKey', type: 'string', required: true }],
    answer: {},
  },
  {
    name: 'QueryProduct',
    qps: 50,
    parameters: [{ name: 'ProductKey', type: 'string', required: true }],
    answer: {
      Data: {
        AliyunCommodityCode: 'string',
        AuthType: 'string',
        CategoryKey: 'string',
        CategoryName: 'string',
        DataFormat: 'integer',
        Description: 'string',
        DeviceCount: 'integer',
        GmtCreate: 'long',
        Id2: 'boolean',
        NetType: 'integer',
        NodeType: 'integer',
        Owner: 'boolean',
        ProductKey: 'string',
        ProductName: 'string',
        ProductSecret: 'string',
        ProductStatus: 'string',
        ProtocolType: 'string',
        ValidateType: 'integer',
      },
    },
  },
  {
    name: 'QueryProductList',
    qps: 50,
    parameters: [
      { name: 'AliyunCommodityCode', type: 'string', values: ['iothub_senior', 'iothub'] },
      { name: 'CurrentPage', type: 'integer', required: true },
      { name: 'PageSize', type: 'integer', required: true, max: 200 },
      { name: 'ResourceGroupId', type: 'string' },
    ],
    answer: {
      Data: {
        CurrentPage: 'integer',
        List: {
          ProductInfo: [
            {
              AuthType: 'string',
              DataFormat: 'integer',
              Description: 'string',
              DeviceCount: 'integer',
              GmtCreate: 'long',
              NodeType: 'integer',
              ProductKey: 'string',
              ProductName: 'string',
            },
          ],
        },
        PageCount: 'integer',
        PageSize: 'integer',
        Total: 'integer',
      },
    },
  },
  {
    name: 'CreateProductTopic',
    qps: 1,
    parameters: [
      { name: 'Desc', type: 'string' },
      { name: 'Operation', type: 'string', required: true, values: ['SUB', 'PUB', 'ALL'] },
      { name: 'ProductKey', type: 'string', required: true },
      { name: 'TopicShortName', type: 'string', required: true },
      { name: 'EnableProxySubscribe', type: 'boolean' },
      { name: 'Codec', type: 'string', values: ['compress', 'decompress'] },
    ],
    answer: { TopicId: 'long' },
  },
  {
    name: 'QueryProductTopic',
    qps: 3,
    parameters: [{ name: 'ProductKey', type: 'string', required: true }],
    answer: {
      Data: {
        ProductTopicInfo: [
          {
            Desc: 'string',
            Id: 'string',
            Operation: 'string',
            ProductKey: 'string',
            TopicShortName: 'string',
            Codec: 'string',
            EnableProxySubscribe: 'boolean',
          },
        ],
      },
    },
  },
  {
    name: 'DeleteProductTopic',
    qps: 50,
    parameters: [{ name: 'TopicId', type: 'string', required: true }],
    answer: {},
  },
  {
    name: 'RegisterDevice',
    qps: 30,
    parameters: [
      { name: 'AppKey', type: 'string' },
      { name: 'DevEui', type: 'string' },
      { name: 'DeviceName', type: 'string' },
      { name: 'JoinEui', type: 'string' },
      { name: 'LoraNodeType', type: 'string', default: 'ALIYUNDEFINED', values: ['ALIYUNDEFINED', 'USERDEFINED'] },
      { name: 'Nickname', type: 'string' },
      { name: 'PinCode', type: 'string' },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: {
      Data: {
        DevEui: 'string',
        DeviceName: 'string',
        DeviceSecret: 'string',
        IotId: 'string',
        JoinEui: 'string',
        Nickname: 'string',
        ProductKey: 'string',
      },
    },
  },
  {
    name: 'BatchRegisterDevice',
    qps: 10,
    parameters: [
      { name: 'Count', type: 'integer', required: true },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: { Data: { ApplyId: 'long' } },
  },
  {
    name: 'BatchCheckDeviceNames',
    qps: 10,
    parameters: [
      { name: 'DeviceName', type: 'list of string', elements: 10000 },
      {
        name: 'DeviceNameList',
        type: 'list of object',
        elements: 10000,
        members: [
          { name: 'DeviceName', type: 'string' },
          { name: 'DeviceNickname', type: 'string' },
        ],
      },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: {
      Data: {
        ApplyId: 'long',
        InvalidDeviceNameList: { InvalidDeviceName: ['string'] },
        InvalidDeviceNicknameList: { InvalidDeviceNickname: ['string'] },
        InvalidDetailList: { InvalidDetailList: [{ NickName: 'string', ErrorMsg: 'string', DeviceName: 'string' }] },
        RepeatedDeviceNameList: { RepeatDevieNameList: ['string'] },
      },
    },
  },
  {
    name: 'BatchRegisterDeviceWithApplyId',
    qps: 500,
    parameters: [
      { name: 'ApplyId', type: 'long', required: true },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: { Data: { ApplyId: 'long' } },
  },
  {
    name: 'QueryBatchRegisterDeviceStatus',
    qps: 30,
    parameters: [
      { name: 'ApplyId', type: 'long', required: true },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: {
      Data: {
        InvalidList: { Name: ['string'] },
        Status: 'string',
        ValidList: { Name: ['string'] },
        InvalidDetailList: { invalidDetailList: [{ ErrorMsg: 'string', NickName: 'string', DeviceName: 'string' }] },
      },
    },
  },
  {
    name: 'QueryPageByApplyId',
    qps: 50,
    parameters: [
      { name: 'ApplyId', type: 'long', required: true },
      { name: 'CurrentPage', type: 'integer', default: 1 },
      { name: 'PageSize', type: 'integer', default: 10, max: 50 },
    ],
    answer: {
      ApplyDeviceList: {
        ApplyDeviceInfo: [{ DeviceId: 'string', DeviceName: 'string', DeviceSecret: 'string', IotId: 'string' }],
      },
      Page: 'integer',
      PageCount: 'integer',
      PageSize: 'integer',
      Total: 'integer',
    },
  },
  {
    name: 'QueryDevice',
    qps: 50,
    parameters: [
      { name: 'CurrentPage', type: 'integer', default: 1 },
      { name: 'NextToken', type: 'string' },
      { name: 'PageSize', type: 'integer', default: 10, max: 50 },
      { name: 'ProductKey', type: 'string', required: true },
    ],
    answer: {
      Data: {
        DeviceInfo: [
          {
            DeviceId: 'string',
            DeviceName: 'string',
            DeviceSecret: 'string',
            DeviceStatus: 'string',
            DeviceType: 'string',
            GmtCreate: 'string',
            GmtModified: 'string',
            IotId: 'string',
            Nickname: 'string',
            ProductKey: 'string',
            UtcCreate: 'string',
            UtcModified: 'string',
          },
        ],
      },
      NextToken: 'string',
      Page: 'integer',
      PageCount: 'integer',
      PageSize: 'integer',
      Total: 'integer',
    },
  },
  {
    name: 'QueryDeviceDetail',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {
      Data: {
        DeviceName: 'string',
        DeviceSecret: 'string',
        FirmwareVersion: 'string',
        GmtActive: 'string',
        GmtCreate: 'string',
        GmtOnline: 'string',
        IotId: 'string',
        IpAddress: 'string',
        Nickname: 'string',
        NodeType: 'integer',
        Owner: 'boolean',
        ProductKey: 'string',
        ProductName: 'string',
        Region: 'string',
        Status: 'string',
        UtcActive: 'string',
        UtcCreate: 'string',
        UtcOnline: 'string',
      },
    },
  },
  {
    name: 'QueryDeviceInfo',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {
      Data: { DeviceName: 'string', DeviceSecret: 'string', IotId: 'string', Nickname: 'string', ProductKey: 'string' },
    },
  },
  {
    name: 'GetDeviceStatus',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: { Data: { Status: 'string', Timestamp: 'long' } },
  },
  {
    name: 'BatchGetDeviceState',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'list of string', elements: 50 },
      { name: 'IotId', type: 'list of string', elements: 50 },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {
      DeviceStatusList: {
        DeviceStatus: [
          {
            AsAddress: 'string',
            DeviceId: 'string',
            DeviceName: 'string',
            IotId: 'string',
            LastOnlineTime: 'string',
            Status: 'string',
            Timestamp: 'long',
          },
        ],
      },
    },
  },
  {
    name: 'QueryDeviceStatistics',
    qps: 50,
    parameters: [
      { name: 'GroupId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: { Data: { activeCount: 'long', deviceCount: 'long', onlineCount: 'long' } },
  },
  {
    name: 'DisableThing',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {},
  },
  {
    name: 'EnableThing',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {},
  },
  {
    name: 'DeleteDevice',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {},
  },
  {
    name: 'SaveDeviceProp',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
      { name: 'Props', type: 'string', required: true },
    ],
    answer: {},
  },
  {
    name: 'QueryDeviceProp',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: { Props: 'string' },
  },
  {
    name: 'DeleteDeviceProp',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
      { name: 'PropKey', type: 'string', required: true },
    ],
    answer: {},
  },
  {
    name: 'BatchUpdateDeviceNickname',
    qps: 10,
    parameters: [
      {
        name: 'DeviceNicknameInfo',
        type: 'list of object',
        required: true,
        elements: 50,
        members: [
          { name: 'DeviceName', type: 'string' },
          { name: 'IotId', type: 'string' },
          { name: 'Nickname', type: 'string' },
          { name: 'ProductKey', type: 'string' },
        ],
      },
    ],
    answer: {},
  },
  {
    name: 'GetThingTopo',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'PageNo', type: 'integer', required: true },
      { name: 'PageSize', type: 'integer', required: true, max: 50 },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {
      Data: {
        CurrentPage: 'integer',
        List: { deviceInfo: [{ DeviceName: 'string', IotId: 'string', ProductKey: 'string' }] },
        PageCount: 'long',
        PageSize: 'integer',
        Total: 'long',
      },
    },
  },
  {
    name: 'NotifyAddThingTopo',
    qps: 500,
    parameters: [
      { name: 'DeviceListStr', type: 'string' },
      { name: 'GwDeviceName', type: 'string' },
      { name: 'GwIotId', type: 'string' },
      { name: 'GwProductKey', type: 'string' },
    ],
    answer: { Data: { MessageId: 'string' } },
  },
  {
    name: 'RemoveThingTopo',
    qps: 500,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: { Data: 'boolean' },
  },
  {
    name: 'BatchAddThingTopo',
    qps: 5,
    parameters: [
      { name: 'GwDeviceName', type: 'string', required: true },
      { name: 'GwProductKey', type: 'string', required: true },
      {
        name: 'TopoAddItem',
        type: 'list of object',
        required: true,
        elements: 50,
        members: [
          { name: 'ClientId', type: 'string' },
          { name: 'DeviceName', type: 'string', required: true },
          { name: 'ProductKey', type: 'string', required: true },
          { name: 'Sign', type: 'string', required: true },
          { name: 'SignMethod', type: 'string', required: true },
          { name: 'Timestamp', type: 'string' },
        ],
      },
    ],
    answer: {},
  },
  {
    name: 'GetGatewayBySubDevice',
    qps: 50,
    parameters: [
      { name: 'DeviceName', type: 'string' },
      { name: 'IotId', type: 'string' },
      { name: 'ProductKey', type: 'string' },
    ],
    answer: {
      Data: {
        DeviceName: 'string',
        DeviceSecret: 'string',
        FirmwareVersion: 'string',
        GmtActive: 'string',
        GmtCreate: 'string',
        GmtOnline: 'string',
        IpAddress: 'string',
        NodeType: 'string',
        ProductKey: 'string',
        ProductName: 'string',
        Status: 'string',
        UtcActive: 'string',
        UtcCreate: 'string',
        UtcOnline: 'string',
        iotId: 'string',
        region: 'string',
      },
    },
  },
  {
    name: 'Pub',
    qps: 1600,
    parameters: [
      { name: 'CorrelationData', type: 'string' },
      { name: 'DeviceName', type: 'string' },
      { name: 'MessageContent', type: 'string', required: true },
      { name: 'ProductKey', type: 'string', required: true },
      { name: 'Qos', type: 'integer', default: 0, values: [0, 1] },
      { name: 'ResponseTopic', type: 'string' },
      { name: 'TopicFullName', type: 'string', required: true },
      {
        name: 'UserProp',
        type: 'list of object',
        elements: 20,
        members: [
          { name: 'Key', type: 'string' },
          { name: 'Value', type: 'string' },
        ],
      },
      { name: 'ContentType', type: 'string' },
      { name: 'PayloadFormatIndicator', type: 'integer', values: [0, 1] },
      { name: 'Retained', type: 'boolean' },
      { name: 'MessageExpiryInterval', type: 'long' },
      { name: 'TopicAlias', type: 'integer' },
    ],
    answer: { MessageId: 'string' },
  },
  {
    name: 'PubBroadcast',
    qps: 1,
    parameters: [
      { name: 'MessageContent', type: 'string', required: true },
      { name: 'ProductKey', type: 'string', required: true },
      { name: 'TopicFullName', type: 'string' },
    ],
    answer: { MessageId: 'long' },
  },
  {
    name: 'RRpc',
    qps: 1000,
    parameters: [
      { name: 'DeviceName', type: 'string', required: true },
      { name: 'ProductKey', type: 'string', required: true },
      { name: 'RequestBase64Byte', type: 'string', required: true },
      { name: 'Timeout', type: 'integer', required: true, min: 1000, max: 8000 },
      { name: 'Topic', type: 'string' },
      { name: 'ContentType', type: 'string', values: ['0', '11', '65', '66', '240'] },
    ],
    answer: { MessageId: 'long', PayloadBase64Byte: 'string', RrpcCode: 'string' },
  },
] as const satisfies readonly ActionRow[]

export type ActionName = (typeof actionRows)[number]['name']

/** Row by name, for whoever has a name from outside. */
export const rowsByName: ReadonlyMap<string, ActionRow> = new Map(actionRows.map((row) => [row.name, row as ActionRow]))
