import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Builds the reference host, unless DEVHOST names one; the answer takes it away. */
export default function buildHost(): () => void {
  if (process.env.DEVHOST) return () => {}
  const folder = mkdtempSync(join(tmpdir(), 'devhost-'))
  const binary = join(folder, 'devhost')
  const repository = new URL('../../../', import.meta.url).pathname
  execFileSync('go', ['build', '-o', binary, './plugin/devhost'], { cwd: repository, stdio: 'inherit' })
  process.env.DEVHOST = binary
  return () => rmSync(folder, { recursive: true, force: true })
}
