export type Class = 'transient' | 'permanent' | 'unknown';

/**
 * HTTP statuses of 500 and above; those not listed are unknown. Below, the engine answered: success, but for 408 and
 * 429, which are a matter of options.
 */
export const STATUS_CLASSES: Readonly<Record<number, Class>> = Object.freeze({
  501: 'permanent',
  502: 'transient',
  503: 'transient',
  504: 'transient',
  505: 'permanent',
  507: 'transient',
});

/** Codes of the system, of TLS and of undici; those not listed are unknown. */
export const CODE_CLASSES: Readonly<Record<string, Class>> = Object.freeze({
  ECONNREFUSED: 'transient',
  ECONNRESET: 'transient',
  ECONNABORTED: 'transient',
  EPIPE: 'transient',
  ETIMEDOUT: 'transient',
  EHOSTUNREACH: 'transient',
  EHOSTDOWN: 'transient',
  ENETUNREACH: 'transient',
  ENETDOWN: 'transient',
  ENETRESET: 'transient',
  EADDRNOTAVAIL: 'transient',
  EAI_AGAIN: 'transient',
  UND_ERR_CONNECT_TIMEOUT: 'transient',
  UND_ERR_HEADERS_TIMEOUT: 'transient',
  UND_ERR_BODY_TIMEOUT: 'transient',
  UND_ERR_SOCKET: 'transient',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'transient',
  // A name that does not resolve may be one that a rolling deployment has not published yet.
  ENOTFOUND: 'unknown',
  EACCES: 'permanent',
  EPERM: 'permanent',
  EPROTO: 'permanent',
  ERR_INVALID_URL: 'permanent',
  ERR_TLS_CERT_ALTNAME_INVALID: 'permanent',
  CERT_HAS_EXPIRED: 'permanent',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'permanent',
  SELF_SIGNED_CERT_IN_CHAIN: 'permanent',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'permanent',
  UND_ERR_INVALID_ARG: 'permanent',
  UND_ERR_NOT_SUPPORTED: 'permanent',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'permanent',
  UND_ERR_HEADERS_OVERFLOW: 'permanent',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'permanent',
  UND_ERR_ABORTED: 'permanent',
  UND_ERR_DESTROYED: 'permanent',
  UND_ERR_CLOSED: 'permanent',
});

/** Names of errors that carry no listed code; those not listed are unknown. */
export const NAME_CLASSES: Readonly<Record<string, Class>> = Object.freeze({
  TimeoutError: 'transient',
  AbortError: 'permanent',
  SyntaxError: 'permanent',
  TypeError: 'permanent',
  RangeError: 'permanent',
  ReferenceError: 'permanent',
});
