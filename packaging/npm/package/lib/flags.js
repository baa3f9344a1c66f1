// @ts-check
'use strict';

/** Options whose values are secrets. Everybody on the machine can read a command line. */
const SECRETS = ['credentials', 'webhookAuthorization', 'controlToken'];

/**
 * The flags of the binary for options such as `{ webhookDelay: '0s' }`.
 * @param {import('../index.js').StartOptions} options
 */
function flagsOf(options) {
  const all = { port: 0, exitWithParent: true, quiet: true, ...options };
  const flags = [];
  for (const [name, value] of Object.entries(all)) {
    if (SECRETS.includes(name) || value === undefined || value === false) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    for (const one of [value].flat()) flags.push(...(one === true ? [flag] : [`${flag}=${one}`]));
  }
  return flags;
}

/**
 * The variables of the binary for the options that are secrets.
 * @param {import('../index.js').StartOptions} options
 */
function environmentOfOptions(options) {
  const variables = SECRETS.map((name) => {
    const value = /** @type {Record<string, any>} */ (options)[name];
    const variable = `BELVO_EMULATOR_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
    return [variable, value === undefined ? undefined : [value].flat().join(' ')];
  });
  return Object.fromEntries(variables.filter(([, value]) => value !== undefined));
}

module.exports = { environmentOfOptions, flagsOf };
