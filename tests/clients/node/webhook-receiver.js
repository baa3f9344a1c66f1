'use strict';

// What a user of Belvo has at the other end of the webhooks: an HTTP server.

const { EventEmitter, once } = require('node:events');
const http = require('node:http');

const PATH = '/belvo/webhooks';
const PATIENCE_MS = 10_000;

/** Keeps the webhooks that arrive. */
class WebhookReceiver extends EventEmitter {
  #server = http.createServer((request, response) => this.#receive(request, response));
  #byLink = new Map();
  #refusedExternalIds = new Set();

  static async listen() {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}${PATH}`;
  }

  /** The deliveries for a link, or those of a type, as soon as there are that many. */
  async waitFor(link, count = 1, type = undefined) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (this.arrived(link, type).length < count) {
      await once(this, 'delivery', { signal }).catch(() => {
        throw new Error(`${this.arrived(link, type).length} of ${count} webhooks arrived in time`);
      });
    }
    return this.arrived(link, type);
  }

  /** The deliveries for a link so far, or those of a type. */
  arrived(link, type = undefined) {
    const isOfType = ({ event }) => !type || event.webhook_type === type;
    return this.#of(link.id).filter(isOfType);
  }

  #of(linkId) {
    return this.#byLink.get(linkId) ?? [];
  }

  /** Answers the first delivery for a link with this external_id with 500. */
  refuseOnce(externalId) {
    this.#refusedExternalIds.add(externalId);
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const event = JSON.parse(body);
    const { method, url: path, headers } = request;
    const delivery = { method, path, headers, body, event };
    this.#byLink.set(event.link_id, [...this.#of(event.link_id), delivery]);
    response.statusCode = this.#refusedExternalIds.delete(event.external_id) ? 500 : 200;
    response.end();
    this.emit('delivery');
  }
}

module.exports = { PATH, WebhookReceiver };
