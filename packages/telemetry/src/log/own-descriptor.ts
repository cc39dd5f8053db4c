import fs from 'node:fs';

/**
 * A descriptor of the same pipe whose flags are this process's own. Those of an inherited one are shared with every process
 * that has it: a Node process sets them back to blocking when it ends, and a full pipe would then block the others' exit.
 * @returns `fd` itself where it is no pipe, or where the pipe cannot be opened again (not Linux, another user's pipe, no reader)
 */
export function ownDescriptor(fd: number): number {
  if (!fs.fstatSync(fd).isFIFO()) return fd;
  try {
    return fs.openSync(`/proc/self/fd/${fd}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}
