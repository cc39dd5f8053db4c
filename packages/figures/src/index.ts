export type * from './figure.ts';
export { plannedFigures } from './planned.ts';
export { figures } from './registry.ts';
export { renderReport } from './report/page.ts';
