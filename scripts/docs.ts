/** Writes docs/errors.md and docs/settings.md from the tables that the server runs by; `--check` only says whether they are. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorRows, scenarioTopics } from '../src/codes/alink.ts'
import { allSettings, flagOf, variableOf } from '../src/config/settings.ts'

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

const pages = { 'docs/errors.md': errors(), 'docs/settings.md': settings() }
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
