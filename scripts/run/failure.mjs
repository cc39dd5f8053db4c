/** Something the person at the terminal has to know: one clear line, and the tail of the failing tool's output. */
export class Failure extends Error {
  constructor(message, { tail = '', exitCode = 1 } = {}) {
    super(message);
    this.name = 'Failure';
    this.tail = tail;
    this.exitCode = exitCode;
  }
}

// First match wins: what a registry answers, or what keeps it from answering, can be hidden behind a later message.
const causes = [
  [/ENOSPC|no space left on device/i, () => 'the disk is full: free some space (about 1 GB) and run it again'],
  [/EDQUOT|disk quota exceeded/i, () => 'the disk quota is used up: free some space (about 1 GB) and run it again'],
  [
    /\b(EACCES|EPERM|EROFS)\b/,
    () => 'files cannot be written: the clone and the npm cache must belong to the user who runs this',
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)|CERT_HAS_EXPIRED|unable to get local issuer/i,
    () => 'the package registry shows a certificate that is not trusted: set NODE_EXTRA_CA_CERTS, or cafile in ~/.npmrc',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNRESET|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_PNPM_(NO_OFFLINE|META_FETCH_FAIL)|fetch failed/,
    () => 'no network: the package registry cannot be reached (behind a proxy, set HTTPS_PROXY or npm_config_registry)',
  ],
  [
    /\bE401\b|\bE403\b|ERR_PNPM_FETCH_40[13]/,
    () => 'the package registry refuses the request: look at the credentials in ~/.npmrc',
  ],
  [
    /\bE404\b|ETARGET|ERR_PNPM_FETCH_404|ERR_PNPM_NO_MATCHING_VERSION/,
    () => 'the package registry does not have a version that this project pins',
  ],
  [
    /EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY/,
    () => 'a downloaded package is not the one that was locked: run `npm cache verify`, then again',
  ],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|EUSAGE/,
    () => 'a package.json and its lockfile disagree: bring the lockfile up to date and run it again',
  ],
];

/** Why a package manager failed, in one line, from what it printed; undefined where that says nothing known. */
export function causeOf(output) {
  for (const [pattern, describe] of causes) if (pattern.test(output)) return describe();
  return undefined;
}

export const tailOf = (output, lines = 15) => output.trimEnd().split('\n').slice(-lines).join('\n');
