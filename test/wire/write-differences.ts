import { writeFileSync } from 'node:fs'
import { differencesFile, differencesPage } from './differences'

writeFileSync(differencesFile, differencesPage())
