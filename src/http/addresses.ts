import { BlockList, isIP } from 'node:net'

const loopbackAddresses = new BlockList()
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
loopbackAddresses.addAddress('::1', 'ipv6')

const privateAddresses = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4')
}
privateAddresses.addAddress('::1', 'ipv6')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')

/** Where clouds hand the credentials of a machine to whoever asks from it. */
const metadataAddresses = new BlockList()
for (const address of ['169.254.169.254', '169.254.170.2', '169.254.170.23', '100.100.100.200']) {
  metadataAddresses.addAddress(address, 'ipv4')
}
metadataAddresses.addAddress('fd00:ec2::254', 'ipv6')

// BlockList itself looks into IPv4-mapped IPv6 addresses (::ffff:10.0.0.1).
const listed = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** A URL's host as an address or name: IPv6 without its brackets. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

export const isMetadataAddress = (address: string): boolean => listed(metadataAddresses, address)

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || listed(loopbackAddresses, host)

/** Loopback, a private address, or a name that only the local network knows (`nas`, `camera.local`). */
export const isLocalHost = (host: string): boolean =>
  isLoopback(host) ||
  listed(privateAddresses, host) ||
  (isIP(host) === 0 && (!host.includes('.') || host.endsWith('.local')))
