import type { Emulator, StartOptions } from './index.js';

/**
 * Starts an emulator before the tests of this file, or of this `describe`, and stops it after them.
 * What it returns can be used within tests and their hooks.
 */
export declare function useEmulator(
  options?: StartOptions
): Pick<Emulator, 'baseUrl' | 'environment' | 'account' | 'sharedAccount'>;
