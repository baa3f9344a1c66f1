// @ts-check
'use strict';

const path = require('node:path');

/** The path of the emulator's binary: that of the variable, else that of the platform's package. */
function findBinary() {
  if (process.env.BELVO_EMULATOR_BIN) return path.resolve(process.env.BELVO_EMULATOR_BIN);
  const names = platforms().map((platform) => `@belvo-emulator/${platform}`);
  const installed = names.map(binaryOf).filter((file) => file !== undefined);
  // Some package managers install the packages for both C libraries.
  const file = installed.length > 1 && isMusl() ? installed[1] : installed[0];
  if (file !== undefined) return file;
  throw new Error(
    `belvo-emulator has no binary for this machine: the package ${names.join(' or ')} is not installed. ` +
      'Package managers install it as an optional dependency, so do not leave those out (--omit=optional, ' +
      '--no-optional). If node_modules or the lock file comes from another kind of machine, install again on ' +
      'this one. Or set BELVO_EMULATOR_BIN to the path of a binary.'
  );
}

/** The names of the platforms whose binaries may run here. */
function platforms() {
  const platform = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform];
}

/** @param {string} name */
function binaryOf(name) {
  try {
    return require.resolve(`${name}/belvo-emulator${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    return undefined;
  }
}

/** Tells that the C library of this machine is musl. */
function isMusl() {
  const report = /** @type {any} */ (process.report?.getReport());
  return !report?.header.glibcVersionRuntime;
}

module.exports = { findBinary };
