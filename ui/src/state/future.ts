// What will happen.

import { signal } from '@preact/signals';
import type { Task } from '../types';

/** The next tasks of the account, the nearest first. */
export const scheduled = signal<readonly Task[]>([]);
/** The number of all tasks. */
export const scheduledCount = signal(0);
