// The calls have the keys of the control API, as it describes itself; `api.d.ts` is made from that description.

import type { components } from './api.js';

type Schemas = components['schemas'];

/** Any JSON, which a test reads as it knows it. */
type Json = any;

/** A webhook, its payload, and what its receiver answered. */
export type Delivery = Omit<Schemas['Delivery'], 'payload'> & { payload: Json };
/** What happened while the time moved on. */
export type Advanced = Omit<Schemas['Advanced'], 'deliveries'> & { deliveries: Delivery[] };
export type Armed = Schemas['ArmAnswer'];
export type EndpointReading = Schemas['EndpointAnswer'];
export type FaultEntry = Schemas['FaultAnswer'];
/** A task that will run. */
export type ScheduledTask = Schemas['ScheduledTask'];
/** A request to Belvo's API, and its answer. */
export type RecordedRequest = Omit<Schemas['Recorded'], 'answer' | 'body'> & { answer: Json; body: Json };
export type Verified = Schemas['VerifyAnswer'];
/** What a reset or a restored snapshot has ended. */
export type Cancelled = Schemas['ResetAnswer'];

/** A duration such as `15s`, `2m`, `24h` or `7d`. */
export type Duration = string;
/** The name of a fault such as `reset_peer`, or an object such as `{ latency: { delay: '2s' } }`. */
export type Fault = Schemas['FaultBody']['fault'];
export type FaultOptions = Omit<Schemas['FaultBody'], 'fault'>;
export type ArmOptions = Omit<Schemas['ArmBody'], 'scenario'>;
export type AwaitedWebhook = Omit<Schemas['AwaitBody'], 'expect'> & { expect?: 'delivered' | 'finished' };
export type UnexpectedWebhook = Omit<Schemas['AwaitBody'], 'expect'>;
export type Expectation = Schemas['VerifyBody']['requests'][number];
export type VerifyOptions = Omit<Schemas['VerifyBody'], 'requests'>;
export type DeliveriesQuery = Schemas['DeliveriesQuery'];
export type RequestsQuery = Schemas['RequestsQuery'];
export type ScheduledQuery = Schemas['ScheduledQuery'];
export type EndpointOptions = Omit<Schemas['EndpointBody'], 'url'>;
/** The whole state of an account. Keep it as it is: its keys may change between versions. */
export type Snapshot = { readonly version: number };

/**
 * The flags of the emulator, such as `{ webhookDelay: '0s' }` for `--webhook-delay 0s`. The manual's page "Flags and
 * exit codes" describes each. Where an option is left out, the flag's variable counts, then the default.
 */
export interface StartOptions {
  accountMemory?: string;
  accounts?: number;
  allowHost?: string | string[];
  careersAsOf?: string;
  /** For `vitest`, `jest` and `useEmulator` it is `skip` by default: awaiting a webhook moves the time on to it. */
  clock?: 'real' | 'manual' | 'skip' | (string & {});
  controlToken?: string;
  cors?: string | string[];
  credentials?: string | string[];
  demo?: boolean;
  demoReset?: Duration;
  /** True by default. */
  exitWithParent?: boolean;
  host?: string;
  logBudget?: string;
  logFormat?: 'text' | 'json';
  logRequests?: boolean;
  pageSize?: number;
  /** A free one by default. */
  port?: number;
  portFile?: string;
  publicUrl?: string;
  /** True by default: only errors are shown. The lines of the emulator go to stderr. */
  quiet?: boolean;
  rateLimits?: 'none' | 'documented';
  scenario?: string;
  scenarios?: string | string[];
  seed?: number;
  trustForwarded?: boolean;
  watch?: boolean;
  webhookAllowAddress?: string | string[];
  webhookAuthorization?: string;
  webhookCa?: string | string[];
  webhookDelay?: Duration;
  webhookInsecure?: boolean;
  webhookRetries?: number;
  webhookRetryDelay?: Duration;
  webhookSends?: number;
  webhookSendsPerReceiver?: number;
  webhookUrl?: string | string[];
  workers?: number;
}

/** The variables that an app under test needs to find the emulator instead of Belvo. */
export interface Environment {
  BELVO_BASE_URL: string;
  BELVO_API_URL: string;
  BELVO_SECRET_ID: string;
  BELVO_SECRET_PASSWORD: string;
  NO_PROXY: string;
  no_proxy: string;
}

export interface AccountOptions {
  /** A name of the test, which the log of the emulator then shows. */
  name?: string;
  /** The keys, where they are not to be new ones. */
  secretId?: string;
  secretPassword?: string;
}

/** An emulator that runs as a process of its own. */
export declare class Emulator {
  private constructor();
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly baseUrl: string;
  /** The keys of the shared account. */
  readonly secretId: string;
  readonly secretPassword: string;
  /** The variables with the keys of the shared account. */
  readonly environment: Environment;
  /** An account of new keys, which no other test has. */
  account(options?: AccountOptions): Account;
  /** The account of `secretId` and `secretPassword`. */
  sharedAccount(): Account;
  /** Stops the emulator. It stops by itself when this process ends. */
  stop(): Promise<void>;
}

/** An account of the emulator: a pair of API keys, and the control calls for it. */
export declare class Account {
  constructor(account: { baseUrl: string; secretId: string; secretPassword: string });
  readonly baseUrl: string;
  readonly secretId: string;
  readonly secretPassword: string;
  /** The variables with the keys of this account. */
  readonly environment: Environment;
  /** Moves the time on: by a duration, or as the object says, such as `{ to: 'webhook' }`. */
  advance(time: Duration | Schemas['AdvanceBody']): Promise<Advanced>;
  /**
   * Waits for a webhook that this object has not returned yet, and returns it when its receiver has accepted it, or
   * at once where there is no receiver. With `after` it can return one again.
   */
  awaitWebhook(wanted?: AwaitedWebhook): Promise<Delivery>;
  /** Checks that no webhook comes after the last one that was awaited. */
  expectNoWebhook(unwanted?: UnexpectedWebhook): Promise<void>;
  /** Sends the webhooks of this account to your receiver. */
  setEndpoint(url: string, options?: EndpointOptions): Promise<EndpointReading>;
  /** The deliveries of webhooks, in the order in which they last changed. */
  deliveries(query?: DeliveriesQuery): Promise<Delivery[]>;
  /** Lets a scenario such as `nss_not_found` answer the next call that logs in. */
  arm(scenario: string, options?: ArmOptions): Promise<Armed>;
  /** Disarms a scenario by its id, or all. */
  disarm(id?: number): Promise<void>;
  /** Adds a fault of answers or of webhooks. */
  fault(fault: Fault, options?: FaultOptions): Promise<FaultEntry>;
  /** Removes a fault by its id, or all. */
  removeFault(id?: number): Promise<void>;
  /** The tasks that will run, in the order in which they are due. */
  scheduled(query?: ScheduledQuery): Promise<ScheduledTask[]>;
  /** The requests that were made to Belvo's API, the oldest first. */
  requests(query?: RequestsQuery): Promise<RecordedRequest[]>;
  /** Checks which requests were made; throws with a description of what was found instead. */
  verify(requests: Expectation | Expectation[], options?: VerifyOptions): Promise<Verified>;
  /** Begins anew, as if the keys had never been used. */
  reset(): Promise<Cancelled>;
  snapshot(): Promise<Snapshot>;
  /** Puts the account into the state of a snapshot. */
  restore(snapshot: Snapshot): Promise<Cancelled>;
  /** Makes an account with new keys, in the state of this one. */
  fork(): Promise<Account>;
  /** Makes any other call of the control API, such as `call('GET', '/_emulator/clock')`. */
  call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** A control call that was refused. */
export declare class ControlError extends Error {
  private constructor();
  /** The status of the answer. */
  readonly status: number;
  /** The code of the first problem, such as `webhook_not_due`. */
  readonly code: string | undefined;
  readonly problems: ({ code?: string; message: string; field?: string } & Record<string, unknown>)[];
}

/** Starts an emulator on a free port, and returns when it is ready. */
export declare function start(options?: StartOptions): Promise<Emulator>;

/** An account of new keys, at the emulator of the variable `BELVO_BASE_URL` unless `baseUrl` names one. */
export declare function account(options?: AccountOptions & { baseUrl?: string }): Account;

/** The path of the binary. */
export declare function findBinary(): string;
