import type { StartOptions } from './index.js';

/**
 * Starts an emulator before the first test, and returns what stops it. Its variables are in the environment of all
 * tests.
 */
declare function setup(): Promise<() => Promise<void>>;

declare namespace setup {
  /** Makes the default export of a `globalSetup` file of your own, for an emulator with options. */
  function globalSetup(options: StartOptions): () => Promise<() => Promise<void>>;
}

export = setup;
