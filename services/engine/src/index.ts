export { buildEngine } from './app.ts';
export { ENGINE_ENVIRONMENT, type EngineConfig, loadEngineConfig } from './config.ts';
export type { EngineDeps } from './deps.ts';
export { openDeps } from './open-deps.ts';
