// The shapes of the control API that the page reads. `GET /_emulator/openapi.json` describes them.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Mode = 'real' | 'manual' | 'skip' | { scale: number };

export interface ClockReading {
  mode: Mode;
  now: string;
  next_due: string | null;
}

export interface Reach {
  last_cursor: number;
  next_after: number | null;
  evicted: number;
}

/** An entry of the log, in brief. A key is absent where the entry has no such thing. */
export interface LogEntry {
  cursor: number;
  at: string;
  kind: string;
  link?: string;
  /** The status of a link after its change. */
  link_status?: string;
  /** The fields of a link that have other values. */
  fields?: string[];
  /** The request into whose answer a fault was injected. */
  request_id?: string;
  caused_by?: string;
  /** The word for a task, and the delivery that it sends. */
  what?: string;
  delivery?: number;
  fault?: string;
  /** Absent for a fault that was planned for one task. */
  fault_id?: number;
  /** The time of the account before and after a call moved it. */
  from?: string;
  to?: string;
}

export interface Recorded {
  cursor: number;
  request_id: string;
  at: string;
  operation: string | null;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Json;
  body_truncated: boolean;
  status: number;
  answer: Json;
  answer_truncated: boolean;
  faults: string[];
  links: string[];
}

export interface Matched {
  by: string;
  name: string;
  file: string;
  line: number;
  why: string;
}

/** Something that will happen. */
export interface Task {
  id: number;
  due: string;
  what: string;
  link: string;
  caused_by: string | null;
  operation: string | null;
  delivery: number | null;
  brings_webhook: boolean;
  /** The names of the faults that will strike its webhooks. */
  faults: string[];
  /** A sentence where these faults may strike nothing. */
  note: string | null;
}

export interface Explanation extends Recorded {
  scenario: (Matched & { tried: Matched[] }) | null;
  notes: string[];
  deliveries: number[];
  deliveries_count: number;
  scheduled: Task[];
  scheduled_count: number;
}

export interface Outcome {
  status: number | null;
  headers: Record<string, string>;
  body: string;
  body_truncated: boolean;
  error: string | null;
  hint: string | null;
  latency_ms: number;
}

export interface Attempt {
  number: number;
  started_at: string;
  answer: Outcome | null;
}

export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'cancelled' | 'undeliverable' | 'dropped';

export interface Delivery {
  id: number;
  cursor: number;
  state: DeliveryState;
  created_at: string;
  next_attempt_at: string | null;
  url: string | null;
  webhook_id: string;
  webhook_type: string;
  webhook_code: string;
  process_type: string;
  link: string;
  external_id: string | null;
  caused_by: string | null;
  replay_of: number | null;
  faults: string[];
  payload: Json;
  attempts: Attempt[];
  attempts_evicted: number;
}

export interface Link {
  id: string;
  institution: string;
  access_mode: 'single' | 'recurrent';
  status: string;
  external_id: string | null;
  created_at: string;
  last_accessed_at: string | null;
  refresh_rate: string | null;
  fetch_resources: string[];
  credentials_storage: string;
  stale_in: string | null;
  institution_user_id: string;
}

export interface Page<T> {
  count: number;
  next: string | null;
  results: T[];
}

export interface SalaryUpdate {
  event: string;
  update_date: string;
  base_salary: number | null;
}

export interface Spell {
  employer: string | null;
  start_date: string | null;
  end_date: string | null;
  monthly_salary: number | null;
  most_recent_base_salary: number | null;
  currency: string | null;
  state: string | null;
  weeks_employed: number | null;
  employment_status_updates: SalaryUpdate[];
}

export interface EmploymentRecord {
  id: string;
  link: string;
  report_date: string;
  collected_at: string;
  internal_identification: string;
  personal_data: { official_name: string | null };
  employment_records: Spell[];
}

export interface EndpointReading {
  url: string | null;
  other_urls: string[];
  retries: number;
  retry_delay: string;
  has_authorization: boolean;
}

export interface FaultEntry {
  id: number;
  fault: Json;
  injected: number;
  matched: number;
  left: number | null;
  link: string | null;
  operation: string | null;
  webhook_code: string | null;
}

export interface Problem {
  code: string;
  message: string;
  field?: string;
  request_id: string;
}
