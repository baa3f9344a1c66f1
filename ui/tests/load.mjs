// Loads a module of the sources that needs no browser.
import { build } from 'esbuild';

export async function load(path) {
  const entry = new URL(`../src/${path}`, import.meta.url).pathname;
  const built = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString('base64')}`);
}
