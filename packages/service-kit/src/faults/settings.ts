import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { ConfigError } from '../config/config-error.ts';
import type { Fault } from './fault.ts';
import { parseFaults } from './parse-faults.ts';

/** What both services read about fault injection. */
export const FAULT_ENVIRONMENT = {
  NODE_ENV: Type.Optional(Type.String({ description: 'production refuses fault injection. The images set it' })),
  FAULTS_ENABLED: Type.Boolean({
    default: false,
    description: 'true allows faults to be injected, at start and through PUT /admin/faults (docs/faults.md)',
  }),
  FAULTS: Type.Optional(Type.String({ description: 'JSON list of the faults to begin with. Unset: none' })),
  FAULTS_FILE: Type.Optional(
    Type.String({ description: 'File with the JSON list of the faults to begin with, instead of FAULTS' }),
  ),
  FAULTS_SEED: Type.Integer({
    default: 1,
    minimum: 0,
    maximum: 2 ** 31 - 1,
    description: 'Seed that decides which requests a fault hits',
  }),
} as const;

const FaultVariables = Type.Object(FAULT_ENVIRONMENT);
export type FaultVariables = Readonly<Static<typeof FaultVariables>>;

/** Faults to begin with. */
export interface FaultSettings {
  readonly seed: number;
  readonly faults: readonly Fault[];
}

/**
 * @returns undefined where fault injection is not enabled
 * @throws ConfigError with one line when it is enabled in production, or when its faults cannot be used
 */
export function faultSettings(config: FaultVariables): FaultSettings | undefined {
  const { FAULTS_ENABLED: enabled, FAULTS: text, FAULTS_FILE: file, FAULTS_SEED: seed } = config;
  if (!enabled) {
    const given = text !== undefined ? 'FAULTS' : file !== undefined ? 'FAULTS_FILE' : undefined;
    if (given !== undefined) throw new ConfigError(`${given}: set, but FAULTS_ENABLED is not true; nothing would be injected`);
    return undefined;
  }
  if (config.NODE_ENV === 'production')
    throw new ConfigError('FAULTS_ENABLED: received "true", refused with NODE_ENV=production: faults are never injected there');
  if (text !== undefined && file !== undefined)
    throw new ConfigError('FAULTS and FAULTS_FILE: both are set, accepted: one of them');
  if (file !== undefined) return { seed, faults: parse('FAULTS_FILE', readText(file)) };
  return { seed, faults: text === undefined ? [] : parse('FAULTS', text) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`FAULTS_FILE: received ${JSON.stringify(file)}, which cannot be read: ${(error as Error).message}`);
  }
}

function parse(variable: string, text: string): readonly Fault[] {
  try {
    return parseFaults(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(`${variable}: ${(error as Error).message}`);
  }
}
