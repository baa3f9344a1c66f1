// @ts-check
'use strict';

// Calls of the control API. They use `node:http` and not `fetch`: it is there in every environment of a test
// runner, goes past the proxies of the machine, and needs no timer that a test may have replaced.

const http = require('node:http');

/** Longer than the longest wait of the emulator, which is ten minutes. */
const PATIENCE_MS = 11 * 60 * 1000;

const agent = new http.Agent({ keepAlive: true });

/** A control call that was refused: its status, and its problems as the emulator sent them. */
class ControlError extends Error {
  /**
   * @param {string} call
   * @param {number} status
   * @param {any[]} problems
   */
  constructor(call, status, problems) {
    const messages = problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
    super(`${call} answered ${status}: ${messages.join(' ')}`);
    this.name = 'ControlError';
    this.status = status;
    this.problems = problems;
    this.code = problems[0]?.code;
  }
}

/**
 * Makes a call and returns the answer's body, or undefined if it has none.
 * @param {{ baseUrl: string, secretId: string, secretPassword: string }} account
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function control(account, method, path, body) {
  const url = new URL(path, account.baseUrl);
  if (url.protocol !== 'http:') throw new Error(`${account.baseUrl} is no emulator: it serves http only`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  /** @type {Record<string, string | number>} */
  const headers = { authorization: basic(account.secretId, account.secretPassword) };
  if (text !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(text);
  }
  const { status, answer } = await send(url, { method, headers, agent }, text);
  if (status >= 200 && status < 300) return answer === '' ? undefined : JSON.parse(answer);
  throw new ControlError(`${method} ${url.pathname}`, status, problemsOf(answer));
}

/**
 * @param {URL} url
 * @param {http.RequestOptions} options
 * @param {string | undefined} text
 * @returns {Promise<{ status: number, answer: string }>}
 */
function send(url, options, text) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, options, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString() });
      });
    });
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('no answer came within 11 minutes')));
    request.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const reason = error.message || error.code;
      reject(new Error(`the emulator at ${url.origin} does not answer: ${reason}`, { cause: error }));
    });
    request.end(text);
  });
}

/**
 * @param {string} answer
 * @returns {any[]}
 */
function problemsOf(answer) {
  try {
    const problems = JSON.parse(answer);
    if (Array.isArray(problems)) return problems;
  } catch {
    // No answer of the emulator: it is shown as it is.
  }
  return [{ message: answer.slice(0, 1000) }];
}

/**
 * @param {string} id
 * @param {string} password
 */
function basic(id, password) {
  return `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
}

module.exports = { ControlError, control };
