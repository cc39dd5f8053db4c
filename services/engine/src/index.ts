export { buildEngine, type EngineDeps } from './app.ts';
export { ENGINE_ENVIRONMENT, type EngineConfig, loadEngineConfig } from './config.ts';
export { openDeps } from './open-deps.ts';
