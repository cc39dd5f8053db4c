import { threadId } from 'node:worker_threads';
import { Stopped } from '@penstock/causal';
import { InvalidData } from '../analysis/prepare/invalid-data.ts';
import { runAnalysis } from '../analysis/run/run-analysis.ts';
import { controlOver } from './control.ts';
import { epochMs } from './epoch.ts';
import type { Task, TaskOutcome } from './task.ts';

/** Entry of a worker thread: one task in, one outcome out. What it throws fails that task alone. */
export default function work(task: Task): TaskOutcome {
  if (task.kind === 'warm-up') return { kind: 'warm' };
  const control = controlOver(task.control);
  const startMs = epochMs();
  control.thread = threadId;
  if (control.stopped) return { kind: 'stopped' };
  try {
    return runAnalysis(task, control, startMs);
  } catch (error) {
    if (error instanceof Stopped) return { kind: 'stopped' };
    if (error instanceof InvalidData) return { kind: 'invalid', detail: error.message, errors: error.errors, startMs };
    throw error;
  } finally {
    control.figuresWaiting = 0;
  }
}
