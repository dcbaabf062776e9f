/** Addresses of this workspace, whichever of its loopback names the page was opened by. */

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** The path of a file of this workspace; undefined for anything outside: the page asks nobody else. @param {unknown} address */
export function ownAddress(address) {
  if (typeof address !== 'string' || !URL.canParse(address, location.href)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(address, location.href);
  const own = protocol === location.protocol && loopback.includes(hostname) && port === location.port;
  return own ? pathname : undefined;
}
