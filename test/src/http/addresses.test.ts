import assert from 'node:assert/strict'
import { bareHost, isLocalHost, isLoopback, isMetadataAddress } from '../../../src/http/addresses'

const hostOf = (url: string) => bareHost(new URL(url))

describe('addresses', () => {
  const metadata = [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
  ]

  it('knows the metadata services of clouds, also as IPv4-mapped IPv6', () => {
    for (const address of metadata) {
      assert.equal(isMetadataAddress(address), true, address)
      assert.equal(isMetadataAddress(`::ffff:${address}`), true, `::ffff:${address}`)
      assert.equal(isMetadataAddress(hostOf(`http://[::ffff:${address}]/latest`)), true, 'as a URL writes it')
    }
    assert.equal(isMetadataAddress('::FFFF:A9FE:A9FE'), true)
    assert.equal(isMetadataAddress('fd00:ec2::254'), true)
    assert.equal(isMetadataAddress('fd00:0ec2:0:0:0:0:0:0254'), true)
  })

  it('knows the metadata services that have IPv6 addresses of their own', () => {
    for (const address of ['fd00:ec2::254', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd20:00CE:0:0::0254']) {
      assert.equal(isMetadataAddress(address), true, address)
      assert.equal(isMetadataAddress(hostOf(`http://[${address}]/`)), true, 'as a URL writes it')
    }
  })

  it('knows them wrapped in IPv6: compatible, translated, NAT64', () => {
    for (const prefix of ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::']) {
      for (const address of metadata) {
        assert.equal(isMetadataAddress(prefix + address), true, prefix + address)
        assert.equal(isMetadataAddress(hostOf(`http://[${prefix}${address}]/`)), true, 'as a URL writes it')
        assert.equal(isMetadataAddress(`${prefix}8.8.8.8`), false, prefix)
      }
    }
    assert.equal(isMetadataAddress('64:ff9b::a9fe:a9fe'), true)
  })

  it('knows them in 6to4, whatever network and host follow', () => {
    for (const address of [
      '2002:a9fe:a9fe::',
      '2002:a9fe:a9fe::1',
      '2002:a9fe:a9fe:7::9',
      '2002:6464:64c8::',
    ]) {
      assert.equal(isMetadataAddress(address), true, address)
    }
    assert.equal(isMetadataAddress('2002:808:808::a9fe:a9fe'), false)
  })

  it('looks past the zone of an address', () => {
    assert.equal(isMetadataAddress('fd00:ec2::254%eth0'), true)
    assert.equal(isLocalHost('fe80::1%eth0'), true)
  })

  it('knows a metadata service by any way to write its IPv4 address in a URL', () => {
    for (const written of ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518']) {
      assert.equal(isMetadataAddress(hostOf(`http://${written}/`)), true, written)
    }
  })

  it('takes nothing else for one', () => {
    for (const other of [
      '169.254.169.253',
      '169.254.1.1',
      '::1',
      'fd00:ec2::253',
      '127.0.0.1',
      'localhost',
      '',
    ]) {
      assert.equal(isMetadataAddress(other), false, other)
    }
  })

  it('takes an IPv6 host out of its brackets and leaves others', () => {
    assert.equal(hostOf('http://[::1]:9001/'), '::1')
    assert.equal(hostOf('http://camera.local/'), 'camera.local')
    assert.equal(hostOf('http://10.0.0.7:80/'), '10.0.0.7')
  })

  it('knows loopback', () => {
    for (const host of ['localhost', 'inference.localhost', '127.0.0.1', '127.1.2.3', '::1']) {
      assert.equal(isLoopback(host), true, host)
    }
  })

  it('knows loopback as IPv4-mapped IPv6', () => {
    assert.equal(isLoopback(hostOf('http://[::ffff:127.0.0.1]/')), true)
  })

  it('takes no other host for loopback', () => {
    for (const host of ['localhost.example', 'mylocalhost', '128.0.0.1', '10.0.0.1', '::2', '1127.0.0.1']) {
      assert.equal(isLoopback(host), false, host)
    }
  })

  it('takes no name for loopback that only begins like its address', () => {
    for (const host of ['127.0.0.1.evil.example', '127.evil.example']) {
      assert.equal(isLoopback(host), false, host)
      assert.equal(isLocalHost(host), false, host)
    }
  })

  it('knows private addresses, IPv4-mapped ones too', () => {
    const addresses = [
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.20',
      '100.64.0.1',
      '169.254.7.7',
    ]
    for (const address of [...addresses, '127.0.0.1', '0.0.0.0']) {
      assert.equal(isLocalHost(address), true, address)
      assert.equal(isLocalHost(hostOf(`http://[::ffff:${address}]/`)), true, `${address} mapped`)
    }
    for (const address of ['::1', 'fd12:3456::1', 'fe80::1'])
      assert.equal(isLocalHost(address), true, address)
  })

  it('knows names that only the local network knows', () => {
    for (const host of ['localhost', 'nas', 'camera.local']) assert.equal(isLocalHost(host), true, host)
  })

  it('takes public hosts for public', () => {
    const addresses = ['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '11.0.0.1', '100.128.0.1']
    for (const host of [
      ...addresses,
      '2001:db8::1',
      '::ffff:8.8.8.8',
      'detect.roboflow.com',
      'local.example',
    ]) {
      assert.equal(isLocalHost(host), false, host)
    }
  })
})
