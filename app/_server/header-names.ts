/** Headers that the server writes on a request before anybody reads them; what a client sends under them is dropped. */
export const clientAddressHeader = 'x-vigil-client';
export const requestIdHeader = 'x-vigil-request';
/** The path and query of a page, written by proxy.ts. */
export const pathHeader = 'x-vigil-path';
