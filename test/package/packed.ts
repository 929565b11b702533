import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { compileOnce } from '../support/models-folder'
import { root } from './editor-definitions'

const run = promisify(execFile)

export interface PackedPackage {
  /** An empty project in which the package is installed. */
  project: string
  /** The package itself, in the project's node_modules. */
  folder: string
  /** What npm packed. */
  tarball: string
  /** Of what npm packs. */
  bytes: number
  /** The paths of its files, with slashes. */
  files: string[]
  /** Runs Node.js in the project and returns what it prints. */
  node(...args: string[]): Promise<string>
}

export const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

/** Packs and installs the package, once for all tests: npm builds it first. */
export const packedPackage = (): Promise<PackedPackage> => {
  packed ??= pack()
  return packed
}

let packed: Promise<PackedPackage> | undefined

/** What npm tells of what it packed. */
interface Packed {
  filename: string
  files: { path: string }[]
  size: number
}

const pack = async (): Promise<PackedPackage> => {
  const project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-packed-')))
  process.on('exit', () => fs.rmSync(project, { recursive: true, force: true }))
  const args = ['pack', '--json', '--offline', '--pack-destination', project]
  const { stdout } = await run('npm', args, { cwd: root }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`)
  })
  const [{ filename, files, size }] = JSON.parse(stdout) as [Packed]
  const modules = path.join(project, 'node_modules')
  const folder = path.join(modules, manifest.name)
  fs.mkdirSync(folder, { recursive: true })
  const tarball = path.join(project, filename)
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
  // npm would download them; here those of the repository do
  for (const dependency of Object.keys(manifest.dependencies)) {
    fs.symlinkSync(path.join(root, 'node_modules', dependency), path.join(modules, dependency), 'junction')
  }
  fs.writeFileSync(path.join(project, 'package.json'), '{ "name": "a-project", "private": true }')
  const node = async (...parameters: string[]) => {
    const { stdout: printed } = await run(process.execPath, [compileOnce, ...parameters], {
      cwd: project,
      timeout: 20_000,
    })
    return printed
  }
  return { project, folder, tarball, bytes: size, files: files.map((file) => file.path).sort(), node }
}
