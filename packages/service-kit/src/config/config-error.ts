/** The environment cannot be used. The message has one line for each variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
