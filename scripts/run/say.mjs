// What the scripts themselves print: steps and results to standard output, failures to standard error.

const colours = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

export const paint = (code, text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export const say = {
  line: (text = '') => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
};

/** Runs one step and prints one line for it: its name and the time it took. */
export async function step(title, work) {
  const began = performance.now();
  const result = await work();
  say.line(`${paint(32, '✓')} ${title} (${seconds(began)})`);
  return result;
}
