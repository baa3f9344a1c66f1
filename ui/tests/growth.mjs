// Tells by how much the page and its demo make the binary larger, at most: the files that are embedded, and the
// functions that serve them, in a build that is not optimized. Usage: node growth.mjs BINARY, with symbols.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const MOST_BYTES = 400 * 1024;
/** The rooms that would not be there without the page, as symbols have them: with the length before each name. */
const ROOMS = ['5pages3web', '5pages4demo', '14belvo_emulator4demo', '4http6guests', '7control4demo'];

const [binary] = process.argv.slice(2);
const dist = new URL('../dist/', import.meta.url);
const scenarios = new URL('../../scenarios/', import.meta.url);
const sizes = (folder, isCounted) => readdirSync(folder).filter(isCounted).reduce((sum, name) => sum + readFileSync(new URL(name, folder)).length, 0);

const files = sizes(dist, () => true);
const people = sizes(scenarios, (name) => name.startsWith('persona_'));
const symbols = execFileSync('nm', ['--defined-only', '--print-size', binary], { maxBuffer: 1 << 30, encoding: 'utf8' }).split('\n');
const code = symbols
  .map((line) => line.split(/\s+/))
  .filter(([, , , name]) => name && ROOMS.some((room) => name.includes(room)))
  .reduce((sum, [, size]) => sum + parseInt(size, 16), 0);
if (code === 0) throw new Error(`${binary} has no symbols of the page: pass a binary that is not stripped`);

const all = files + people + code;
console.log(`the page and its demo add ${all} of ${MOST_BYTES} bytes to the binary: ${files} of files, ${people} of people, ${code} of code that is not optimized`);
if (all > MOST_BYTES) process.exit(1);
