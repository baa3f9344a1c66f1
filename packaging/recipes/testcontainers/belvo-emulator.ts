// Copy this file beside your tests. It needs Docker, the image of the emulator, and testcontainers from npm.

import { randomUUID } from 'node:crypto';

import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

const PORT = 23586;
const READY_LINE = 'belvo-emulator ready on ';

/** An emulator in a container: `const belvo = await new BelvoContainer().start()`. */
export class BelvoContainer {
  readonly #container: GenericContainer;

  constructor(image = 'belvo-emulator') {
    this.#container = new GenericContainer(image)
      .withExposedPorts(PORT)
      // Awaiting a webhook moves the time on to it, so that nobody waits.
      .withEnvironment({ BELVO_EMULATOR_CLOCK: 'skip' })
      .withWaitStrategy(Wait.forLogMessage(READY_LINE));
  }

  async start(): Promise<StartedBelvo> {
    return new StartedBelvo(await this.#container.start());
  }
}

export class StartedBelvo {
  readonly #started: StartedTestContainer;

  constructor(started: StartedTestContainer) {
    this.#started = started;
  }

  get baseUrl(): string {
    return `http://${this.#started.getHost()}:${this.#started.getMappedPort(PORT)}`;
  }

  /** Keys that no other test has, and so an account of its own. */
  keys(name = 'test'): { secretId: string; secretPassword: string } {
    return { secretId: `${name}-${randomUUID()}`, secretPassword: 'a-password' };
  }

  async stop(): Promise<void> {
    await this.#started.stop();
  }
}
