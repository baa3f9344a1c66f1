// What one can do with something that has not happened yet.

import { advanceTo } from '../actions';
import { t } from '../text';
import type { Task } from '../types';
import { Button } from './ui';

export function TaskActions({ task }: { task: Task }) {
  return (
    <span class="task-actions">
      <Button look="quiet" title={t('task.run-to.text')} onClick={() => advanceTo(task.due)}>
        {t('task.run-to')}
      </Button>
    </span>
  );
}
