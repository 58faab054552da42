/** Writes docs/errors.md, docs/settings.md and docs/api.md from the tables that the server runs by; `--check` only says whether they are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorRows, scenarioTopics } from '../src/codes/alink.ts'
import { allSettings, flagOf, variableOf } from '../src/config/settings.ts'
import type { ApiRoute } from '../src/openapi/api/call.ts'
import { apiRoutes } from '../src/openapi/api/dispatch.ts'
import { membersOf } from '../src/openapi/api/list.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function errors(): string {
  const lines = errorRows.map((row) => {
    const topic = scenarioTopics[row.scenario].replace('{gw}', '{pk}/{dn}')
    const cells = [row.id, `\`${topic}\``, row.code, row.message, row.check, row.cause, row.cure]
    return `| ${cells.map((it) => cell(String(it))).join(' | ')} |`
  })
  const chinese = errorRows.map((row) => `| ${row.id} | ${row.code} | ${cell(row.causeZh)} | ${cell(row.cureZh)} |`)
  return `# Errors that gateways meet

Made from \`src/codes/alink.ts\` by \`npm run docs\`. Rows of a scenario stand in the order of its checks. \`{pk}/{dn}\` is the gateway. Every body is \`{"id", "code", "message", "data": {"productKey", "deviceName"}}\`.

| id | topic | code | message | check | cause | what to do |
|---|---|---|---|---|---|---|
${lines.join('\n')}

Forced-offline notices go to \`/ext/error/{pk}/{dn}\` as well, with the same bytes (setting \`errors.forcedOfflineTopics\`). Removal of a relation while on line is told as 6401 \`topo relation not exist\` on the same topics (setting \`errors.topologyRemoved\`).

## 中文

| id | code | 原因 | 处理 |
|---|---|---|---|
${chinese.join('\n')}
`
}

function settings(): string {
  const lines = allSettings.map((row) => {
    const flag = row.secret ? '' : `\`${flagOf(row.key)}\``
    const usual = row.secret ? 'not set' : row.kind.show(row.default)
    const vendor = row.secret || row.vendor === row.default ? '' : row.kind.show(row.vendor)
    const cells = [`\`${row.key}\``, usual, vendor, row.description, row.kind.form, flag, `\`${variableOf(row.key)}\``]
    return `| ${cells.map(cell).join(' | ')} |`
  })
  return `# Settings

Made from \`src/config/settings.ts\` by \`npm run docs\`. A flag wins over the variable, that over the YAML file (\`--config FILE\`, else \`homeport.yaml\` in the data directory), that over the default. \`homeport config\` shows each value and where it came from; all mistakes are named at once.

| setting | default | with \`limits.profile: vendor\` | what | takes | flag | variable |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`
}

function routeRow(route: ApiRoute): string {
  const query = Object.entries(route.query ?? {}).map(([name, what]) => `\`?${name}=\` ${what}`)
  const body = membersOf(route).map(({ name, required, what }) => `\`${name}\`${required ? ' (required)' : ''} ${what}`)
  const takes = [...query, ...body].join('<br>')
  return `| \`${route.method} /api/v1${route.path}\` | ${cell(route.summary)} | ${cell(takes)} |`
}

function api(): string {
  return `# The API of Homeport

Made from \`src/openapi/api/\` by \`npm run docs\`; \`GET /api/v1\` answers the same list as JSON. It is what the command line speaks; applications written for the vendor cloud speak its OpenAPI, at \`/\` of the same port (\`http.port\`, 8080).

## Authorisation

One of these in every call, else 401 \`Unauthorized\`:

- \`Authorization: Bearer TOKEN\`, the \`token\` in \`local.json\` of the data directory. It is another one each time the server starts; only the user that runs Homeport may read the file.
- HTTP Basic with an access key: its id as user name, its secret as password. The first start prints one; \`HOMEPORT_ACCESS_KEY_ID\` and \`HOMEPORT_ACCESS_KEY_SECRET\` set your own.

\`\`\`sh
curl -u "$HOMEPORT_ACCESS_KEY_ID:$HOMEPORT_ACCESS_KEY_SECRET" http://127.0.0.1:8080/api/v1/status

token=$(sed 's/.*"token": *"\\([^"]*\\)".*/\\1/' homeport-data/local.json)
curl -H "Authorization: Bearer $token" http://127.0.0.1:8080/api/v1/sessions
curl -H "Authorization: Bearer $token" http://127.0.0.1:8080/api/v1/devices \\
  -d '{"productKey":"demoSensor","deviceName":"sensor2"}'
curl -H "Authorization: Bearer $token" -X POST http://127.0.0.1:8080/api/v1/topo/demoGateway/gateway1/demoSensor/sensor2
curl -H "Authorization: Bearer $token" -X DELETE http://127.0.0.1:8080/api/v1/sessions/demoGateway/gateway1
\`\`\`

## Calls and answers

Bodies are JSON objects, of any content type; members that are not in the list are refused. Levels of the path are percent-encoded: the device \`a:b\` is \`a%3Ab\`. Times are ISO 8601 in UTC, \`null\` where it never was. Lists come by pages and say \`page\`, \`pageSize\` and \`total\`.

200, or 201 where something was made: what it promises is stored. Anything else has this body; a call that was refused with 4xx has changed nothing:

\`\`\`json
{"error":{"code":"NotFound","message":"product a1None does not exist","hint":"homeport product list shows those that exist"}}
\`\`\`

400 the call is wrong, 401 not authorised, 404 not there, 405 not with this method, 409 not as things stand, 500 the store or Homeport failed. \`code\` is for programs, \`hint\` says what to do next; an import that is refused has \`details\`, every bad row with its \`row\` and \`reason\`.

## Routes

\`{pk}\` is a product key, \`{dn}\` a device name, \`{gwPk}/{gwDn}\` those of a gateway.

| call | what | takes |
|---|---|---|
${apiRoutes.map(routeRow).join('\n')}
`
}

const pages = { 'docs/errors.md': errors(), 'docs/settings.md': settings(), 'docs/api.md': api() }
let stale = 0
for (const [name, text] of Object.entries(pages)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url))
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    console.log(`${name} is not what the tables say: npm run docs`)
    stale++
  }
}
process.exitCode = stale
