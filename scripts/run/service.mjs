// One service as a child process: in a process group of its own, its lines handed on, its end reported once.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';
import { paint } from './say.mjs';

const colours = { engine: 36, gateway: 35 };

export class Service {
  #child;
  #label;

  /** @param options `labelled`: lines are prefixed with the service's name (JSON for a machine is left as it is) */
  constructor(name, { node, env, port, labelled }) {
    this.name = name;
    this.port = port;
    this.#label = labelled ? `${paint(colours[name], `[${name}]`)} ` : '';
    // The IPC channel closes when this process ends in whatever way; the service then drains by itself.
    this.#child = spawn(node, ['--disable-warning=ExperimentalWarning', `services/${name}/src/main.ts`], {
      cwd: root,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#hand(this.#child.stdout, process.stdout);
    this.#hand(this.#child.stderr, process.stderr);
    /** Resolves when the process has ended and its last line is handed on. */
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve({ code: 1, signal: null, how: error.message }));
      this.#child.once('close', (code, signal) =>
        resolve({ code, signal, how: signal ? `by ${signal}` : `with exit code ${code}` }),
      );
    });
    this.running = true;
    this.ended.then(() => {
      this.running = false;
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Asks it to drain. */
  terminate() {
    if (this.running) this.#child.kill('SIGTERM');
  }

  /** Ends it at once, with whatever it started. */
  kill() {
    if (!this.running || this.pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? this.pid : -this.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  #hand(from, to) {
    createInterface({ input: from }).on('line', (line) => to.write(`${this.#label}${line}\n`));
  }
}
