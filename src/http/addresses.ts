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

// IPv4 addresses stand at the end of these IPv6 ones: IPv4-compatible, translated (SIIT), NAT64 and local NAT64.
// BlockList itself looks into IPv4-mapped ones (::ffff:10.0.0.1).
const beforeIPv4 = ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::']

/** 6to4 has the IPv4 address behind its first 16 bits: 169.254.169.254 → `2002:a9fe:a9fe::`. */
const networkOf6to4 = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`
}

/** Where clouds hand the credentials of a machine to whoever asks from it. */
const metadataAddresses = new BlockList()
for (const address of [
  '169.254.169.254',
  // containers of AWS
  '169.254.170.2',
  '169.254.170.23',
  // Alibaba, Oracle, Azure
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]) {
  metadataAddresses.addAddress(address, 'ipv4')
  for (const prefix of beforeIPv4) metadataAddresses.addAddress(prefix + address, 'ipv6')
  metadataAddresses.addSubnet(networkOf6to4(address), 48, 'ipv6')
}
// AWS, Google, Oracle
for (const address of ['fd00:ec2::254', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe']) {
  metadataAddresses.addAddress(address, 'ipv6')
}

const listed = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  // a zone (fe80::1%eth0) says through which network an address is reached
  return family !== 0 && list.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4')
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
