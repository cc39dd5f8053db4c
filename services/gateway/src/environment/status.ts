import { ConfigError } from '@penstock/service-kit';
import Type from 'typebox';

export const STATUS_VARIABLES = {
  JAEGER_UI_URL: Type.Optional(
    Type.String({
      description:
        "Address of Jaeger's pages as a browser reaches them, such as http://localhost:16686: /status links its traces there. Unset: no links",
    }),
  ),
} as const;

/**
 * Where the traces of the status page can be looked at.
 * @throws ConfigError for what is not an http(s) URL, and for one that would put a password, a query or a fragment on the page
 */
export function jaegerUi(text: string | undefined): URL | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password + url.search + url.hash !== '') {
    // What may be a password is not repeated.
    const received = text.includes('@') ? 'a URL with a user' : JSON.stringify(text);
    throw new ConfigError(
      `JAEGER_UI_URL: received ${received}, accepted: an http or https URL without user, query and fragment, such as http://localhost:16686`,
    );
  }
  return url;
}
