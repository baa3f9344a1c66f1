// What one can do with something that has not happened yet.

import { useState } from 'preact/hooks';
import { perform, advanceTo } from '../actions';
import { act } from '../state/log';
import { t } from '../text';
import type { Task } from '../types';
import { Button, Dialog, Field } from './ui';

/** The faults that can be put into one webhook. A status of the receiver cannot be forced. */
export const TASK_FAULTS: readonly [string, unknown][] = [
  ['webhook_drop', 'webhook_drop'],
  ['webhook_late', { webhook_late: { by: '1m' } }],
  ['webhook_duplicate', { webhook_duplicate: { copies: 1 } }],
  ['webhook_malformed_body', 'webhook_malformed_body'],
  ['webhook_wrong_authorization', 'webhook_wrong_authorization'],
];

const LATER = ['15s', '1m', '1h', '1d', '7d'];

const path = (task: Task): string => `_emulator/scheduled/${task.id}`;

export const runNow = (task: Task) => perform(() => act('POST', `${path(task)}/run`), t('task.ran'));
export const drop = (task: Task) => perform(() => act('DELETE', path(task)), t('task.dropped'));
export const postpone = (task: Task, by: string) => perform(() => act('PATCH', path(task), { by }), t('task.postponed', { by }));
/** A fault of a refresh may strike nothing, which is said. */
export const fail = (task: Task, fault: unknown) =>
  perform(() => act<Task>('POST', `${path(task)}/fail`, { fault }), task.what === 'refresh' ? t('task.fails.maybe') : t('task.fails'));

export function TaskActions({ task }: { task: Task }) {
  const [open, setOpen] = useState<'later' | 'fail' | null>(null);
  return (
    <span class="task-actions">
      <Button look="quiet" title={t('task.run-to.text')} onClick={() => advanceTo(task.due)}>
        {t('task.run-to')}
      </Button>
      <Button look="quiet" title={t('task.now.text')} onClick={() => runNow(task)}>
        {t('task.now')}
      </Button>
      <Button look="quiet" title={t('task.later.text')} onClick={() => setOpen('later')}>
        {t('task.later')}
      </Button>
      <Button look="quiet" title={t('task.drop.text')} onClick={() => drop(task)}>
        {t('task.drop')}
      </Button>
      {task.brings_webhook && (
        <Button look="quiet" title={t('task.fail.text')} onClick={() => setOpen('fail')}>
          {t('task.fail')}
        </Button>
      )}
      {open === 'later' && <Later task={task} onClose={() => setOpen(null)} />}
      {open === 'fail' && <Fail task={task} onClose={() => setOpen(null)} />}
    </span>
  );
}

function Later({ task, onClose }: { task: Task; onClose: () => void }) {
  const [by, setBy] = useState('1h');
  const submit = async (chosen: string) => {
    if ((await postpone(task, chosen)) !== null) onClose();
  };
  return (
    <Dialog title={t('task.later')} onClose={onClose}>
      <div class="choices-row">
        {LATER.map((choice) => (
          <Button key={choice} onClick={() => submit(choice)}>
            +{choice}
          </Button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(by);
        }}
      >
        <Field label={t('task.later.by')} hint={t('task.later.hint')}>
          <input value={by} onInput={(event) => setBy(event.currentTarget.value)} />
        </Field>
        <Button type="submit" look="main">
          {t('task.later')}
        </Button>
      </form>
    </Dialog>
  );
}

function Fail({ task, onClose }: { task: Task; onClose: () => void }) {
  const choose = async (fault: unknown) => {
    if ((await fail(task, fault)) !== null) onClose();
  };
  return (
    <Dialog title={t('task.fail')} onClose={onClose}>
      <p class="hint">{t('task.fail.hint')}</p>
      <ul class="choice-list">
        {TASK_FAULTS.map(([name, fault]) => (
          <li key={name}>
            <Button onClick={() => choose(fault)}>
              <span>
                <strong>{t(`fault.${name}` as 'fault.webhook_drop')}</strong>
                <code>{name}</code>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
