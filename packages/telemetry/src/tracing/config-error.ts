/** An environment variable that cannot be understood: which, what it was, what is allowed. Stops the start. */
export class TelemetryConfigError extends Error {
  override readonly name = 'TelemetryConfigError';
  readonly variable: string;
  readonly received: string;
  readonly allowed: string;

  constructor(variable: string, received: string, allowed: string) {
    super(`${variable}: received ${JSON.stringify(received)}, allowed: ${allowed}`);
    this.variable = variable;
    this.received = received;
    this.allowed = allowed;
  }
}
