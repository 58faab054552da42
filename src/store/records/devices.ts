import type { StatementSync } from 'node:sqlite'
import type { DeviceRow, StatusRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class DeviceRecords extends Table<DeviceRow> {
  readonly #delete: StatementSync
  readonly #status: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'devices',
      columns: {
        productKey: ['product_key', 'text'],
        deviceName: ['device_name', 'text'],
        iotId: ['iot_id', 'text'],
        deviceSecret: ['device_secret', 'bytes'],
        nickname: ['nickname', 'text'],
        disabled: ['disabled', 'flag'],
        createdAt: ['created_at', 'number'],
        modifiedAt: ['modified_at', 'number'],
        activatedAt: ['activated_at', 'number'],
        onlineAt: ['online_at', 'number'],
        offlineAt: ['offline_at', 'number'],
        address: ['address', 'text'],
      },
      key: ['productKey', 'deviceName'],
      // A change of the nickname must not take back what a status checkpoint has folded in.
      merge: { activatedAt: 'largest', onlineAt: 'largest', offlineAt: 'largest', address: 'filled' },
    })
    this.#delete = this.prepareDelete(['productKey', 'deviceName'])
    const status = sqlite.sql
      .updateTable('devices')
      .set({ activated_at: 0, online_at: 0, offline_at: 0, address: '' })
      .where('product_key', '=', '')
      .where('device_name', '=', '')
    this.#status = sqlite.database.prepare(status.compile().sql)
  }

  delete(productKey: string, deviceName: string): void {
    this.#delete.run(productKey, deviceName)
  }

  /** Folds the status of a device in; nothing happens where the device is gone. */
  fold(row: StatusRow): void {
    const { activatedAt, onlineAt, offlineAt, address, productKey, deviceName } = row
    this.#status.run(activatedAt, onlineAt, offlineAt, address, productKey, deviceName)
  }

  /** Written out, since a start reads a million of these. */
  override *all(): Generator<DeviceRow> {
    for (const values of this.rows()) {
      yield {
        productKey: values[0] as string,
        deviceName: values[1] as string,
        iotId: values[2] as string,
        deviceSecret: values[3] as Uint8Array,
        nickname: values[4] as string,
        disabled: values[5] === 1,
        createdAt: values[6] as number,
        modifiedAt: values[7] as number,
        activatedAt: values[8] as number,
        onlineAt: values[9] as number,
        offlineAt: values[10] as number,
        address: values[11] as string,
      }
    }
  }
}
