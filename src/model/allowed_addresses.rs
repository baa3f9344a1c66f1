//! The addresses to which webhooks may be sent: all but those at which clouds keep secrets, and
//! link-local ones that the operator has not allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};
use url::{Host, Url};

use crate::model::embedded_ipv4::embedded_in;

/// The names of services that tell a machine its secrets. Most resolve to an address below, but
/// not all, and not in every network. A name without a dot may be a container's.
const SECRET_NAMES: [&str; 7] = [
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
    "instance-data.ec2.internal",
];
/// The addresses at which these services answer.
const SECRET_IPV4: [Ipv4Addr; 8] = [
    // AWS, Azure, Google, Oracle, DigitalOcean, Hetzner, OpenStack and most others.
    Ipv4Addr::new(169, 254, 169, 254),
    // AWS, for tasks of ECS and for pods of EKS.
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    // Tencent, Scaleway.
    Ipv4Addr::new(169, 254, 0, 23),
    Ipv4Addr::new(169, 254, 42, 42),
    // Azure's wire server, Alibaba, Oracle's first cloud.
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];
const SECRET_IPV6: [Ipv6Net; 5] = [
    // AWS.
    Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32),
    // Google, Oracle, Scaleway, Linode.
    Ipv6Net::new_assert(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128),
    Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe), 128),
    Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42), 128),
    Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1), 128),
];
/// The host of a Podman container, `host.containers.internal`.
const CONTAINER_HOST: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 2);

/// The addresses that the operator allows, beside those that need no permission.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedAddresses {
    ranges: Vec<IpNet>,
}

impl AllowedAddresses {
    pub(crate) fn new(ranges: Vec<IpNet>) -> AllowedAddresses {
        AllowedAddresses { ranges }
    }

    /// Returns the reason why no webhook may be sent to this URL, if there is one.
    pub(crate) fn refusal_of_url(&self, url: &Url) -> Option<String> {
        match url.host()? {
            Host::Ipv4(ip) => self.refusal_of_ip(ip.into()),
            Host::Ipv6(ip) => self.refusal_of_ip(ip.into()),
            Host::Domain(name) => self.refusal_of_name(name),
        }
    }

    /// Returns the reason why no webhook may be sent to a host of this name, if there is one.
    pub(crate) fn refusal_of_name(&self, name: &str) -> Option<String> {
        let plain = name.trim_end_matches('.').to_ascii_lowercase();
        SECRET_NAMES.contains(&&*plain).then(|| {
            format!(
                "{name} tells a machine the secrets of its cloud; webhooks are never sent there"
            )
        })
    }

    /// Returns the reason why no webhook may be sent to this address, if there is one. All
    /// notations of an address are treated alike.
    pub(crate) fn refusal_of_ip(&self, ip: IpAddr) -> Option<String> {
        let ip = ip.to_canonical();
        if keeps_secrets(ip) {
            // A range may contain such an address unintentionally.
            let is_named = self.ranges.contains(&ip.into());
            return (!is_named).then(|| {
                format!(
                    "{ip} is an address at which a cloud tells a machine its secrets; webhooks \
                     are not sent there, unless --webhook-allow-address names exactly this address"
                )
            });
        }
        let is_allowed =
            ip == CONTAINER_HOST || self.ranges.iter().any(|range| range.contains(&ip));
        (is_link_local(ip) && !is_allowed).then(|| {
            format!(
                "{ip} is a link-local address, at which clouds tell machines their secrets; to \
                 send webhooks there, start the emulator with --webhook-allow-address {ip}"
            )
        })
    }
}

/// Parses an address or a range of addresses.
pub(crate) fn parse_range(text: &str) -> Result<IpNet, String> {
    let plain = text.trim().trim_start_matches('[').trim_end_matches(']');
    let range = plain.parse().or_else(|_| plain.parse::<IpAddr>().map(IpNet::from));
    range.map_err(|_| {
        format!("{text:?} is no IP address or range; write it as 169.254.7.7 or 169.254.0.0/16")
    })
}

fn keeps_secrets(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => SECRET_IPV4.contains(&ip),
        IpAddr::V6(ip) => {
            // Translators of a private network have prefixes of their own, and end in the address.
            let end = Ipv4Addr::from_bits(ip.to_bits() as u32);
            SECRET_IPV6.iter().any(|range| range.contains(&ip))
                || SECRET_IPV4.contains(&end)
                || embedded_in(ip).iter().any(|ip| SECRET_IPV4.contains(ip))
        }
    }
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local() || embedded_in(ip).iter().any(Ipv4Addr::is_link_local)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{AllowedAddresses, parse_range};

    fn allowed(ranges: &[&str]) -> AllowedAddresses {
        AllowedAddresses::new(ranges.iter().map(|range| parse_range(range).unwrap()).collect())
    }

    fn is_refused(allowed: &AllowedAddresses, ip: &str) -> bool {
        allowed.refusal_of_ip(ip.parse().unwrap()).is_some()
    }

    #[test]
    fn the_operator_allows_link_local_addresses_by_address_or_range() {
        let none = allowed(&[]);
        for ip in ["169.254.7.7", "169.254.73.152", "fe80::7", "::ffff:169.254.7.7"] {
            let refusal = none.refusal_of_ip(ip.parse().unwrap()).unwrap();
            let ip = ip.parse::<IpAddr>().unwrap().to_canonical();
            assert!(refusal.ends_with(&format!("--webhook-allow-address {ip}")), "{refusal}");
            assert!(!is_refused(&allowed(&[&ip.to_string()]), &ip.to_string()), "{ip}");
        }
        let ranges = allowed(&["169.254.0.0/16", "[fe80::]"]);
        assert!(!is_refused(&ranges, "169.254.7.7") && !is_refused(&ranges, "fe80::"));
        assert!(is_refused(&ranges, "fe80::1"));
        assert!(!is_refused(&allowed(&["fe80::/10"]), "fe80::1"));
    }

    #[test]
    fn a_range_does_not_allow_the_address_of_secrets_in_it() {
        let all = allowed(&["0.0.0.0/0", "::/0", "169.254.169.254/31"]);
        for ip in ["169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254"] {
            assert!(is_refused(&all, ip), "{ip}");
            assert!(!is_refused(&allowed(&[ip]), ip), "{ip}");
        }
    }

    #[test]
    fn the_host_of_a_podman_container_needs_no_flag() {
        let none = allowed(&[]);
        assert!(!is_refused(&none, "169.254.1.2") && !is_refused(&none, "::ffff:169.254.1.2"));
        assert!(is_refused(&none, "169.254.1.3") && is_refused(&none, "2002:a9fe:103::"));
    }

    #[test]
    fn what_is_no_range_is_refused_with_how_to_write_one() {
        for text in ["", "localhost", "169.254", "169.254.0.0/33", "http://169.254.7.7"] {
            let refused = parse_range(text).unwrap_err();
            assert!(refused.ends_with("write it as 169.254.7.7 or 169.254.0.0/16"), "{refused}");
        }
    }
}
