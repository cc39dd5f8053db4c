import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { Runner } from './runner.mjs';

Runner.inject = [commonTokens.options];

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'node-test-in-process', Runner)];
