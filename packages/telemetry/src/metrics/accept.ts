const OPEN_METRICS = 'application/openmetrics-text';
const PROMETHEUS = 'text/plain';
/** Versions of OpenMetrics that what is written here is valid in. */
const VERSIONS: ReadonlySet<string> = new Set(['0.0.1', '1.0.0']);

/** Whether an `Accept` header (RFC 9110) wants OpenMetrics at least as much as the Prometheus text format, by name. */
export function isOpenMetricsPreferred(accept = ''): boolean {
  const qualities = new Map<string, number>();
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const of = (name: string): string | undefined =>
      parameters
        .find((each) => each.startsWith(`${name}=`))
        ?.slice(name.length + 1)
        .replaceAll('"', '');
    if (type === OPEN_METRICS && !VERSIONS.has(of('version') ?? '1.0.0')) continue;
    const quality = Number(of('q') ?? 1);
    qualities.set(type, Math.max(quality, qualities.get(type) ?? 0));
  }
  const wanted = qualities.get(OPEN_METRICS) ?? 0;
  return wanted > 0 && wanted >= (qualities.get(PROMETHEUS) ?? 0);
}
