import type { StartOptions } from './index.js';

/** Starts an emulator before the first test; its variables are in the environment of all tests. */
declare function setup(): Promise<void>;

declare namespace setup {
  /** Makes the export of a `globalSetup` file of your own, for an emulator with options. */
  function globalSetup(options: StartOptions): () => Promise<void>;
  /** Stops the emulator. */
  function stop(): Promise<void>;
}

export = setup;
