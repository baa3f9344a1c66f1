'use strict';

// An imaginary app: it learns from Belvo where its users work and have worked.

const { once } = require('node:events');
const http = require('node:http');

const { default: RequestError } = require('belvo/lib/exceptions');

const TRY_LATER = 'Inténtalo más tarde';

class Onboarding {
  #client;
  #authorization;
  #seen = new Set();
  #server = http.createServer((request, response) => this.#receive(request, response));

  /** The employers of each user that Belvo has told about. */
  employers = new Map();
  refusedWebhooks = 0;

  constructor(client, webhookAuthorization) {
    this.#client = client;
    this.#authorization = webhookAuthorization;
  }

  /** Returns what to tell the user, or null when all that is left to do is to wait. */
  async register(user, curp) {
    try {
      await this.#client.links.register('planet_mx_employment', curp, '', { externalId: user });
      return null;
    } catch (error) {
      if (!(error instanceof RequestError)) return TRY_LATER;
      const [problem] = error.detail;
      return problem.code === 'login_error' ? problem.message : TRY_LATER;
    }
  }

  /** Listens for webhooks and returns where. */
  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}/webhooks`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const isBelvo = request.headers.authorization === this.#authorization;
    if (isBelvo) await this.#learn(JSON.parse(Buffer.concat(chunks)));
    else this.refusedWebhooks += 1;
    response.writeHead(isBelvo ? 200 : 401).end();
  }

  async #learn(event) {
    if (event.webhook_type !== 'EMPLOYMENT_RECORDS') return;
    if (this.#seen.has(event.webhook_id)) return;
    this.#seen.add(event.webhook_id);
    const filters = { link: event.link_id };
    const records = await this.#client.employmentRecords.list({ filters });
    const jobs = records.flatMap((record) => record.employment_records);
    const known = this.employers.get(event.external_id) ?? [];
    this.employers.set(event.external_id, [...known, ...jobs.map(({ employer }) => employer)]);
  }
}

module.exports = { Onboarding, TRY_LATER };
