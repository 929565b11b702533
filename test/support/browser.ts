import fs from 'node:fs'
import path from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

export interface OpenBrowser {
  page: Page
  browser: Browser
  /** Errors of the page's scripts and on its console. */
  problems: string[]
  /** Addresses off this machine that the page asked for, and did not get. */
  blocked: string[]
  close(): Promise<void>
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Also for what no page asks for: the browser itself finds nothing but this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

const timeout = 30_000

const isLocal = (url: string) => {
  const { protocol, hostname } = new URL(url)
  return hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:'
}

const blockTheWorld = async (context: BrowserContext, blocked: string[]) => {
  await context.route(
    (url) => !isLocal(url.href),
    (route) => {
      blocked.push(route.request().url())
      return route.abort()
    },
  )
}

const collectProblems = (page: Page, problems: string[]) => {
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`)
  })
}

/** Opens Debian's Chromium, or the one that CHROMIUM names. */
export const openBrowser = async (options: BrowserContextOptions = {}): Promise<OpenBrowser> => {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
  if (!fs.existsSync(executablePath)) {
    throw new Error(`There is no ${executablePath}: install Debian's chromium, or name one in CHROMIUM.`)
  }
  const browser = await chromium.launch({ executablePath, args: flags, timeout })
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1400, height: 900 },
    serviceWorkers: 'block',
    ...options,
  })
  context.setDefaultTimeout(timeout)
  // esbuild, through which tests run, wraps named functions in a helper that a page does not have.
  await context.addInitScript('globalThis.__name = (value) => value')
  const problems: string[] = []
  const blocked: string[] = []
  await blockTheWorld(context, blocked)
  const page = await context.newPage()
  collectProblems(page, problems)
  return { page, browser, problems, blocked, close: () => browser.close() }
}

const screenshots = path.join(__dirname, '../../.cache/screenshots')

/** Writes .cache/screenshots/<name>.png for a person to look at, and returns its path. */
export const screenshot = async (page: Page, name: string) => {
  const file = path.join(screenshots, `${name}.png`)
  await page.screenshot({ path: file })
  return file
}
