import { z } from 'zod'
import { exportDevices } from '../../devices/export.ts'
import { planImport } from '../../devices/import.ts'
import type { ApiCall, ApiReply, ApiRoute } from './call.ts'
import { bodyOf, flagIn, knownProduct, ok } from './call.ts'
import { invalid, Problem } from './problem.ts'

const file = z.strictObject({
  format: z.enum(['json', 'csv']).describe('json or csv'),
  text: z
    .string()
    .describe(
      'the file: productKey, deviceName, deviceSecret, nodeType, and as you like productSecret, dynamicRegistration',
    ),
})

export const importRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/devices/import',
    summary: 'Takes in a file of devices, all or nothing, 128 MiB at most; error.details names every bad row.',
    body: file,
    handle: importDevices,
  },
  {
    method: 'GET',
    path: '/devices/export',
    summary: 'All devices, as a JSON array or CSV; with the secrets, the import takes it.',
    query: {
      format: 'json or csv; json without it',
      productKey: 'of this product alone',
      secrets: 'true: with the secrets of devices and products',
    },
    handle: exportAll,
  },
]

/** All or nothing; every bad row is named in `error.details`. The same file again changes nothing. */
async function importDevices(call: ApiCall): Promise<ApiReply> {
  const { context } = call
  const { format, text } = bodyOf(call, file)
  return context.exclusive(async () => {
    const plan = planImport(text, format, context.directory, context.maker, context.clock.wall())
    if (!plan.ok) {
      const count = plan.errors.length === 1 ? 'an error' : `${plan.errors.length} errors`
      const message = `${count} in the file; nothing was imported`
      throw new Problem(400, 'BadRows', message, 'correct what is named, and import the whole file again', plan.errors)
    }
    if (plan.changes.length > 0) await context.change(plan.changes)
    return ok({ created: plan.created, unchanged: plan.unchanged, createdProducts: plan.createdProducts })
  })
}

function exportAll(call: ApiCall): ApiReply {
  const format = call.query.get('format') ?? 'json'
  if (format !== 'json' && format !== 'csv') throw invalid('format is neither json nor csv', 'send format=json')
  const productKey = call.query.get('productKey')
  if (productKey !== null) knownProduct(call.context, productKey)
  const pieces = exportDevices(call.context.directory, {
    format,
    ...(productKey === null ? {} : { productKey }),
    ...(flagIn(call, 'secrets') ? { secrets: call.context.maker.sealer } : {}),
  })
  const type = format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8'
  return { status: 200, pieces, type }
}
