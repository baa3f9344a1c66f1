// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');

const { control } = require('./http.js');

/** @typedef {import('../index.js').Account} PublicAccount */

/**
 * An account of the emulator: a pair of API keys, and the control calls for it.
 * @implements {PublicAccount}
 */
class Account {
  /** The cursor of the last webhook that each kind of await has met. */
  #cursors = new Map();
  /** The ids of the deliveries that an await has returned. */
  #seen = new Set();
  #lastCursor = 0;

  /** @param {{ baseUrl: string, secretId: string, secretPassword: string }} account */
  constructor({ baseUrl, secretId, secretPassword }) {
    this.baseUrl = baseUrl;
    this.secretId = secretId;
    this.secretPassword = secretPassword;
  }

  get environment() {
    return environmentOf(this);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  call(method, path, body) {
    return control(this, method, path, body);
  }

  /** @param {string | { by?: string | null, to?: string | null }} time */
  advance(time) {
    return this.call('POST', '/_emulator/clock/advance', typeof time === 'string' ? { by: time } : time);
  }

  /** @param {import('../index.js').AwaitedWebhook} [wanted] */
  async awaitWebhook(wanted = {}) {
    if (wanted.after !== undefined) return this.#await(wanted, wanted.after);
    const { link, webhook_type, webhook_code } = wanted;
    const kind = JSON.stringify([link, webhook_type, webhook_code]);
    for (;;) {
      const delivery = await this.#await(wanted, this.#cursors.get(kind) ?? 0);
      this.#cursors.set(kind, delivery.cursor);
      // Another kind of await has returned it before.
      if (!this.#seen.has(delivery.id)) {
        this.#seen.add(delivery.id);
        return delivery;
      }
    }
  }

  /** @param {import('../index.js').UnexpectedWebhook} [unwanted] */
  async expectNoWebhook(unwanted = {}) {
    await this.call('POST', '/_emulator/webhooks/await', { after: this.#lastCursor, ...unwanted, expect: 'none' });
  }

  /**
   * @param {import('../index.js').AwaitedWebhook} wanted
   * @param {number} after
   */
  async #await(wanted, after) {
    const delivery = await this.call('POST', '/_emulator/webhooks/await', { ...wanted, after });
    this.#lastCursor = Math.max(this.#lastCursor, delivery.cursor);
    return delivery;
  }

  /**
   * @param {string} url
   * @param {import('../index.js').EndpointOptions} [options]
   */
  setEndpoint(url, options) {
    return this.call('PUT', '/_emulator/webhooks/endpoint', { ...options, url });
  }

  /** @param {import('../index.js').DeliveriesQuery} [query] */
  deliveries(query) {
    return this.#all('/_emulator/webhooks/deliveries', 'deliveries', query);
  }

  /**
   * @param {string} scenario
   * @param {import('../index.js').ArmOptions} [options]
   */
  arm(scenario, options) {
    return this.call('POST', '/_emulator/armed', { ...options, scenario });
  }

  /** @param {number} [id] */
  async disarm(id) {
    await this.call('DELETE', id === undefined ? '/_emulator/armed' : `/_emulator/armed/${id}`);
  }

  /**
   * @param {import('../index.js').Fault} fault
   * @param {import('../index.js').FaultOptions} [options]
   */
  fault(fault, options) {
    return this.call('POST', '/_emulator/faults', { ...options, fault });
  }

  /** @param {number} [id] */
  async removeFault(id) {
    await this.call('DELETE', id === undefined ? '/_emulator/faults' : `/_emulator/faults/${id}`);
  }

  /** @param {import('../index.js').ScheduledQuery} [query] */
  scheduled(query) {
    return this.#all('/_emulator/scheduled', 'scheduled', query);
  }

  /** @param {import('../index.js').RequestsQuery} [query] */
  requests(query) {
    return this.#all('/_emulator/requests', 'requests', query);
  }

  /**
   * @param {import('../index.js').Expectation | import('../index.js').Expectation[]} requests
   * @param {import('../index.js').VerifyOptions} [options]
   */
  verify(requests, options) {
    return this.call('POST', '/_emulator/requests/verify', { ...options, requests: [requests].flat() });
  }

  async reset() {
    const answer = await this.call('POST', '/_emulator/reset');
    this.#forget();
    return answer;
  }

  snapshot() {
    return this.call('GET', '/_emulator/snapshot');
  }

  /** @param {import('../index.js').Snapshot} snapshot */
  async restore(snapshot) {
    const answer = await this.call('PUT', '/_emulator/snapshot', snapshot);
    this.#forget();
    return answer;
  }

  async fork() {
    const { secretId, secretPassword } = freshKeys('fork');
    await this.call('POST', '/_emulator/fork', { credentials: `${secretId}:${secretPassword}` });
    return new Account({ baseUrl: this.baseUrl, secretId, secretPassword });
  }

  /** After a reset or a snapshot that was put back, cursors and ids begin again. */
  #forget() {
    this.#cursors.clear();
    this.#seen.clear();
    this.#lastCursor = 0;
  }

  /**
   * The items of all pages of a list.
   * @param {string} path
   * @param {string} key
   * @param {Record<string, any>} [query]
   */
  async #all(path, key, query = {}) {
    const parameters = new URLSearchParams({ limit: '1000' });
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    const items = [];
    for (;;) {
      const page = await this.call('GET', `${path}?${parameters}`);
      items.push(...page[key]);
      if (page.next_after === null) return items;
      parameters.set('after', page.next_after);
    }
  }
}

/**
 * @param {{ baseUrl?: string, secretId?: string, secretPassword?: string, name?: string }} [options]
 * @returns {Account}
 */
function account({ baseUrl = process.env.BELVO_BASE_URL, name = 'test', ...keys } = {}) {
  if (!baseUrl) {
    throw new Error(
      'account() finds no emulator: BELVO_BASE_URL is not set. Run the suite with the globalSetup of ' +
        "belvo-emulator/vitest or belvo-emulator/jest, or under `belvo-emulator exec`, or start() one and take its account()."
    );
  }
  return new Account({ baseUrl: baseUrl.replace(/\/+$/, ''), ...freshKeys(name), ...keys });
}

/**
 * Keys that no other test has, in no other run either. The name makes the log readable.
 * @param {string} name
 */
function freshKeys(name) {
  const readable = name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
  return { secretId: `${readable}-${randomUUID()}`, secretPassword: randomUUID() };
}

/**
 * The variables that `belvo-emulator exec` sets too.
 * @param {{ baseUrl: string, secretId: string, secretPassword: string }} account
 */
function environmentOf({ baseUrl, secretId, secretPassword }) {
  const direct = (/** @type {string | undefined} */ hosts) =>
    [...new Set([...(hosts ?? '').split(','), '127.0.0.1', 'localhost'])].filter(Boolean).join(',');
  return {
    BELVO_BASE_URL: baseUrl,
    BELVO_API_URL: baseUrl,
    BELVO_SECRET_ID: secretId,
    BELVO_SECRET_PASSWORD: secretPassword,
    NO_PROXY: direct(process.env.NO_PROXY),
    no_proxy: direct(process.env.no_proxy),
  };
}

module.exports = { Account, account, environmentOf };
