import manifest from '../package.json' with { type: 'json' };

/** Part of the identity of every analysis: another version may answer other numbers. */
export const ENGINE_VERSION: string = manifest.version;
