// What will happen, and what one can do about it.

import { signal } from '@preact/signals';
import type { Task } from './log';

export const scheduled = signal<readonly Task[]>([]);
