//! IPv4 addresses inside IPv6 addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Returns the IPv4 addresses to which a packet for this IPv6 address may be translated or
/// tunnelled.
pub(crate) fn embedded_in(ip: Ipv6Addr) -> Vec<Ipv4Addr> {
    let bytes = ip.octets();
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| bytes[place]));
    let end = at([12, 13, 14, 15]);
    match ip.segments() {
        // Compatible (`::a.b.c.d`), mapped (`::ffff:a.b.c.d`), translated (`::ffff:0:a.b.c.d`),
        // and the public translator (`64:ff9b::a.b.c.d`).
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![end],
        // Private translators, whose prefix has 48, 56, 64 or 96 bits. They leave out byte 8.
        [0x64, 0xff9b, 1, ..] => {
            vec![at([6, 7, 9, 10]), at([7, 9, 10, 11]), at([9, 10, 11, 12]), end]
        }
        // 6to4.
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        // Teredo: the server, and the client with its bits turned around.
        [0x2001, 0, ..] => vec![at([4, 5, 6, 7]), Ipv4Addr::from_bits(!end.to_bits())],
        // ISATAP, with any prefix.
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => vec![end],
        _ => Vec::new(),
    }
}
