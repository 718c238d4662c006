import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const token = 'token-of-the-browser-tests'
const password = 'password-of-the-browser-tests'

/** A reference host of its own: a process, a data folder, a port. */
export class Host {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly data: string,
    private readonly log: () => string,
  ) {}

  static async start(): Promise<Host> {
    const data = mkdtempSync(join(tmpdir(), 'deskhook-data-'))
    const child = spawn(
      binary(),
      ['-demo=false', '-data', data, '-addr', '127.0.0.1:0', '-token', token].concat([
        '-admin-password',
        password,
        '-allow-outbound',
        '127.0.0.0/8',
      ]),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let log = ''
    child.stderr.on('data', (text) => {
      log += text
    })
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /(http:\/\/\S+?)\/?$/.exec(line)?.[1]
      if (url) return new Host(url, child, data, () => log)
    }
    throw new Error(`the reference host ended before it was ready:\n${log}`)
  }

  async stop(): Promise<void> {
    const ended = this.process.exitCode === null ? once(this.process, 'exit') : Promise.resolve()
    this.process.kill('SIGTERM')
    await ended
    rmSync(this.data, { recursive: true, force: true })
  }

  get password(): string {
    return password
  }

  /** Calls the host's or the plugin's API with the token. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}\n${this.log()}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  enable(enabled: boolean): Promise<unknown> {
    return this.api('PUT', '/api/plugins/webhooks', { enabled })
  }

  /** `devhost send`: what it printed, whatever its exit code was. */
  send(url: string, key: string, file: string, ...flags: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        binary(),
        ['send', '-url', url, '-provider', 'mailgun', '-key', key, ...flags, file],
        (error, stdout, stderr) => (error && stdout === '' ? reject(new Error(stderr)) : resolve(stdout)),
      )
    })
  }
}

function binary(): string {
  const path = process.env.DEVHOST
  if (!path) throw new Error('DEVHOST is not set: the set-up builds it')
  return path
}

/** A server in place of Slack, which keeps what it is sent. */
export class SlackStandIn {
  readonly received: { path: string; body: unknown }[] = []
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      let text = ''
      request.on('data', (part) => {
        text += part
      })
      request.on('end', () => {
        this.received.push({ path: request.url ?? '', body: JSON.parse(text) })
        response.end('ok')
      })
    })
  }

  static async start(): Promise<SlackStandIn> {
    const slack = new SlackStandIn()
    slack.server.listen(0, '127.0.0.1')
    await once(slack.server, 'listening')
    return slack
  }

  get url(): string {
    return `http://127.0.0.1:${slackAddress(this.server).port}/services/T0/B0/secret`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

function slackAddress(server: Server): AddressInfo {
  return server.address() as AddressInfo
}
