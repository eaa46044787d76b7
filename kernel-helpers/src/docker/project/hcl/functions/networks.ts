/** Functions of networks (`10.0.0.0/8`), of both kinds of addresses. */

import { type Apply, number, text, whole } from "./arguments";

interface Network {
  readonly address: bigint;
  readonly length: number;
  /** 32 or 128. */
  readonly bits: number;
}

function addressOf(value: string): { readonly address: bigint; readonly bits: number } {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(value);
  if (four) {
    const parts = four.slice(1).map(Number);
    if (parts.every((one) => one < 256))
      return { address: parts.reduce((sum, one) => sum * 256n + BigInt(one), 0n), bits: 32 };
  }
  const halves = value.split("::");
  const groups = (half: string | undefined): string[] => (half ? half.split(":") : []);
  const [head, tail] = [groups(halves[0]), groups(halves[1])];
  const all =
    halves.length === 2
      ? [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0"), ...tail]
      : head;
  if (halves.length > 2 || all.length !== 8 || !all.every((one) => /^[0-9a-f]{1,4}$/i.test(one)))
    throw new RangeError(`not an address: ${value}`);
  return { address: all.reduce((sum, one) => sum * 65536n + BigInt(`0x${one}`), 0n), bits: 128 };
}

function networkOf(value: string): Network {
  const [head = "", tail = ""] = value.split("/");
  const { address, bits } = addressOf(head);
  const length = /^\d+$/.test(tail) ? Number(tail) : NaN;
  if (!(length <= bits)) throw new RangeError(`not a network: ${value}`);
  const rest = BigInt(bits - length);
  return { address: (address >> rest) << rest, length, bits };
}

function written(address: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((address >> BigInt(112 - 16 * i)) & 65535n).toString(16),
  );
  // The longest run of zeros is left out, as RFC 5952 says.
  const runs = [
    ...groups
      .map((one) => (one === "0" ? "0" : "1"))
      .join("")
      .matchAll(/0{2,}/g),
  ];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return groups.join(":");
  const [from, to] = [longest.index, longest.index + longest[0].length];
  return `${groups.slice(0, from).join(":")}::${groups.slice(to).join(":")}`;
}

function subnet({ address, length, bits }: Network, more: number, at: bigint): Network {
  if (more < 0 || length + more > bits || at < 0n || at >= 1n << BigInt(more))
    throw new RangeError("the network is too small for that");
  return { address: address | (at << BigInt(bits - length - more)), length: length + more, bits };
}

const cidr = ({ address, length, bits }: Network): string => `${written(address, bits)}/${length}`;

export const NETWORKS: Readonly<Record<string, Apply>> = {
  cidrhost: (of, at) => {
    const { address, length, bits } = networkOf(text(of));
    const size = 1n << BigInt(bits - length);
    const host = BigInt(whole(at));
    if (host >= size || host < -size) throw new RangeError("the network has no such host");
    return written(address + (host < 0n ? size + host : host), bits);
  },
  cidrnetmask: (of) => {
    const { length, bits } = networkOf(text(of));
    if (bits !== 32) throw new RangeError("only networks of IPv4 have a mask");
    return written(((1n << BigInt(length)) - 1n) << BigInt(32 - length), 32);
  },
  cidrsubnet: (of, more, at) => cidr(subnet(networkOf(text(of)), whole(more), BigInt(number(at)))),
  cidrsubnets: (of, ...mores) => {
    const network = networkOf(text(of));
    let next = network.address;
    const end = network.address + (1n << BigInt(network.bits - network.length));
    return mores.map((more) => {
      const length = network.length + whole(more);
      if (length > network.bits) throw new RangeError("the network is too small for that");
      const size = 1n << BigInt(network.bits - length);
      const address = ((next + size - 1n) / size) * size;
      next = address + size;
      if (next > end) throw new RangeError("the network is too small for that");
      return cidr({ address, length, bits: network.bits });
    });
  },
};
