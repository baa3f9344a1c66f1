// A webhook in the drawer: its attempts, what the receiver answered, and how to send it again.

import { useState } from 'preact/hooks';
import { repeat, replay } from '../actions';
import { full, latency } from '../format';
import { maySetReceiver } from '../state/demo';
import { attemptTone } from '../state/rows';
import { known, t } from '../text';
import type { Attempt, Delivery } from '../types';
import { Fact, Part, RowLink } from './drawer';
import { Headers } from './drawer-request';
import { JsonView } from './json';
import { Button, Dialog, Field, LinkChip, Pill } from './ui';

export function WebhookDetail({ delivery }: { delivery: Delivery }) {
  return (
    <>
      <Part title={t('summary')}>
        <dl class="facts">
          <Fact name={t('fact.state')}>{known('state', delivery.state)}</Fact>
          <Fact name={t('fact.url')}>{delivery.url ?? t('webhook.no-endpoint')}</Fact>
          <Fact name={t('fact.link')}>
            <LinkChip id={delivery.link} />
          </Fact>
          {delivery.caused_by && (
            <Fact name={t('fact.cause')}>
              <RowLink of={delivery.caused_by} />
            </Fact>
          )}
          {delivery.replay_of !== null && <Fact name={t('fact.replay-of')}>{t('webhook.number', { id: delivery.replay_of })}</Fact>}
          {delivery.faults.length > 0 && <Fact name={t('fact.faults')}>{delivery.faults.join(', ')}</Fact>}
          {delivery.next_attempt_at && <Fact name={t('fact.next')}>{full(Date.parse(delivery.next_attempt_at))}</Fact>}
        </dl>
        {delivery.state === 'undeliverable' && <p class="note">{t('webhook.no-endpoint.fix')}</p>}
        <ReplayActions delivery={delivery} />
      </Part>
      <Part title={t('attempts')}>
        {delivery.attempts.length === 0 && <p class="hint">{t('attempts.none')}</p>}
        {delivery.attempts.map((attempt) => (
          <AttemptView key={attempt.number} attempt={attempt} />
        ))}
      </Part>
      <Part title={t('payload')}>
        <JsonView value={delivery.payload} label={t('payload')} />
      </Part>
    </>
  );
}

export function AttemptView({ attempt }: { attempt: Attempt }) {
  const { answer } = attempt;
  return (
    <section class="attempt" aria-label={t('attempt', { n: attempt.number })}>
      <p class="attempt-head">
        <strong>{t('attempt', { n: attempt.number })}</strong>
        <span class="hint">{full(Date.parse(attempt.started_at))}</span>
        {answer && <span class="hint number">{latency(answer.latency_ms)}</span>}
        <Pill tone={attemptTone(attempt)}>{answer ? (answer.status ?? t('no-answer')) : t('sending')}</Pill>
      </p>
      {answer?.error && <p class="error">{answer.error}</p>}
      {answer?.hint && (
        <p class="note">
          <strong>{t('fix')}</strong> {answer.hint}
        </p>
      )}
      {answer && answer.body !== '' && <JsonView value={answer.body} label={t('answer')} truncated={answer.body_truncated} />}
      {answer && <Headers headers={answer.headers} />}
    </section>
  );
}

function ReplayActions({ delivery }: { delivery: Delivery }) {
  const [isEditing, setEditing] = useState(false);
  const [times, setTimes] = useState(5);
  return (
    <div class="actions">
      <Button look="main" title="r" onClick={() => replay(delivery.id)}>
        {t('replay')}
      </Button>
      <Button onClick={() => setEditing(true)}>{t('replay.edit')}</Button>
      <span class="joined">
        <Button onClick={() => repeat(delivery.id, times)}>{t('replay.repeat')}</Button>
        <input type="number" min={1} max={100} aria-label={t('replay.times')} value={times} onInput={(event) => setTimes(Math.min(100, Math.max(1, event.currentTarget.valueAsNumber || 1)))} />
      </span>
      {isEditing && <EditReplay delivery={delivery} onClose={() => setEditing(false)} />}
    </div>
  );
}

function EditReplay({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [body, setBody] = useState(JSON.stringify(delivery.payload, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const changes = { body: JSON.parse(body) as unknown, ...(url === '' ? {} : { url }) };
      if ((await replay(delivery.id, changes)) !== null) onClose();
    } catch (error) {
      setProblem(String((error as Error).message));
    }
  };
  return (
    <Dialog title={t('replay.edit')} onClose={onClose} wide>
      <form onSubmit={submit}>
        {maySetReceiver.value && (
          <Field label={t('fact.url')} hint={t('replay.url.hint')}>
            <input type="url" value={url} placeholder={delivery.url ?? 'http://localhost:9000/webhooks'} onInput={(event) => setUrl(event.currentTarget.value)} />
          </Field>
        )}
        <Field label={t('payload')}>
          <textarea rows={12} spellcheck={false} value={body} onInput={(event) => setBody(event.currentTarget.value)} />
        </Field>
        {problem && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        <Button type="submit" look="main">
          {t('replay')}
        </Button>
      </form>
    </Dialog>
  );
}
