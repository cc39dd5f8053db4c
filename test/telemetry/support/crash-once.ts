/**
 * Preloaded into an engine (NODE_OPTIONS=--import): a worker thread that takes an analysis while the file CRASH_FILE is
 * there removes the file and ends, as a thread does that a defect in native code ends.
 */
import { existsSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const ENTRY = '/services/engine/src/workers/analysis-worker.ts';

if (!isMainThread) {
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(ENTRY)) return next(url, context);
      const source = `
        import work from ${JSON.stringify(`${url}?as-it-is`)};
        import { crashIfTold } from ${JSON.stringify(import.meta.url)};
        export default (task) => {
          if (task.kind === 'analysis') crashIfTold();
          return work(task);
        };`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

export function crashIfTold(): void {
  const file = process.env.CRASH_FILE;
  if (file === undefined || !existsSync(file)) return;
  rmSync(file);
  process.exit(1);
}
