import { ProblemError } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';

/** Routes that the contract names and a later version brings. */
const UNAVAILABLE = [
  ['/api/analyses/:id/figures/:name.png', 'Figures as PNG are not available in this version; ask for the .svg'],
  ['/api/analyses/:id/events', 'Progress events are not available in this version; the analysis answers when it is finished'],
  ['/api/jobs/:id', 'Background jobs are not available in this version'],
] as const;

export function registerUnavailableRoutes(app: ServiceApp): void {
  for (const [url, detail] of UNAVAILABLE) {
    app.get(url, { schema: { tags: ['not available'], summary: 'Answers 501 not_available' } }, () => {
      throw new ProblemError('not_available', detail);
    });
  }
}
