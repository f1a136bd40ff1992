// Fails if a package in the lock file names an optional dependency that the lock file does not hold. A registry that lacks
// some platform's binary makes `npm install` write such a lock file without a word, and `npm ci` then fails elsewhere.
// Fails also if npm would run an install script that package.json denies (docs/dependencies.md, "Install scripts").
import { readFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const { packages } = JSON.parse(readFileSync(file, 'utf8'));

/** Whether a package, looked up as Node does from the folder of the one that needs it, is in the lock file. */
function isLocked(folder, name) {
  for (let parent = folder; ; parent = parent.slice(0, parent.lastIndexOf('/node_modules/'))) {
    if (`${parent}/node_modules/${name}` in packages) return true;
    if (!parent.includes('/node_modules/')) return `node_modules/${name}` in packages;
  }
}

const holes = Object.entries(packages).flatMap(([folder, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !isLocked(folder, name))
    .map((name) => `${folder || 'the project'} needs ${name}`),
);

const { allowScripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const nameOf = (folder) => folder.split('node_modules/').at(-1);
const denied = Object.entries(packages).flatMap(([folder, { hasInstallScript = false }]) =>
  hasInstallScript && allowScripts[nameOf(folder)] === false ? [folder] : [],
);

for (const hole of holes) console.error(`missing from ${file}: ${hole}`);
for (const folder of denied)
  console.error(`take "hasInstallScript" of ${folder} out of ${file}: package.json denies it`);
if (holes.length > 0) console.error(`${holes.length} holes; pin the packages above to older versions`);
if (holes.length + denied.length === 0) console.log('no holes');
else process.exitCode = 1;
