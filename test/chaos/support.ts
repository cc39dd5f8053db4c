import { FaultProxy } from '../support/fault-proxy.ts';
import { Pair } from '../support/pair.ts';
import { analysisRequest, send } from '../support/requests.ts';

/** A cheap analysis, distinct for each number: no cache answers it, no other call shares it. */
export const distinct = (index: number): Record<string, unknown> =>
  analysisRequest({ seed: 1 + index, figures: false, estimators: ['difference_in_means'] });

export interface BreakerView {
  readonly name: string;
  readonly state: string;
  readonly transitions: readonly { readonly from: string; readonly to: string }[];
}

export const breakersOf = async (gatewayUrl: string): Promise<readonly BreakerView[]> =>
  (await send<{ breakers: BreakerView[] }>(`${gatewayUrl}/api/resilience`)).body.breakers;

/** Both services with the fault proxy between them. */
export async function withProxy(
  gatewayEnv: Readonly<Record<string, string>>,
  story: (pair: Pair, proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  const proxy = await FaultProxy.start();
  const pair = await Pair.start({ engineUrl: proxy.url, gatewayEnv });
  proxy.targetPort = pair.enginePort;
  try {
    await story(pair, proxy);
  } finally {
    proxy.close();
    await pair.stop();
  }
}
