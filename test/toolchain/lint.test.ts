/** The rules of biome.json that the project leans on find what they are there for. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, run, temporaryFolder } from './command.ts'

async function lint(files: Record<string, string>) {
  const folder = temporaryFolder()
  for (const name of ['biome.json', '.gitignore']) copyFileSync(join(ROOT, name), join(folder, name))
  mkdirSync(join(folder, 'src'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'src', name), text)
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  return await run(process.execPath, [biome, 'check', '--error-on-warnings', '.'], folder)
}

test('clean files pass', async () => {
  const { status, output } = await lint({
    'a.ts': "import { b } from './b.ts'\n\nexport const a = b\n",
    'b.ts': 'export const b = 1\n',
  })
  expect(status, output).toBe(0)
})

test.each([
  [
    'noImportCycles',
    {
      'a.ts': "import { b } from './b.ts'\n\nexport const a = () => b\n",
      'b.ts': "import { a } from './a.ts'\n\nexport const b = () => a\n",
    },
  ],
  ['noExplicitAny', { 'a.ts': 'export const a = (b: any) => b\n' }],
  ['noUnusedImports', { 'a.ts': "import { b } from './b.ts'\n", 'b.ts': 'export const b = 1\n' }],
  [
    'useImportType',
    {
      'a.ts': "import { type B, b } from './b.ts'\n\nexport const a: B = b\n",
      'b.ts': 'export type B = 1\nexport const b = 1\n',
    },
  ],
  ['format', { 'a.ts': 'export const a = "b";\n' }],
])('%s finds what is planted', async (rule, files) => {
  const { status, output } = await lint(files)
  expect(status).toBe(1)
  expect(output).toContain(rule)
})
