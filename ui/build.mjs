// Builds the page into dist/, which the emulator embeds, or into the directory that is named. The result depends on nothing but the
// sources and the lock file, so that a test can build it again and compare.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const LICENCES = ['preact', '@preact/signals', '@preact/signals-core'];

const place = resolve(process.argv[2] ?? new URL('dist', import.meta.url).pathname);
process.chdir(new URL('.', import.meta.url).pathname);
mkdirSync(place, { recursive: true });
await build({
  entryPoints: { page: 'src/main.tsx' },
  outdir: place,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
});
copyFileSync('src/index.html', `${place}/index.html`);
const licence = (name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`;
writeFileSync(`${place}/licences.txt`, LICENCES.map(licence).join('\n\n'));
