//! How many connections each address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Addresses that have connections, and how many.
pub(super) struct Addresses {
    most: Option<usize>,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection of an address, as long as it is held.
pub(super) struct Place {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Addresses {
    /// With so many connections for each; nothing for no limit.
    pub(super) fn new(most: Option<usize>) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::default() })
    }

    /// One more for an address; nothing if it has as many as it may.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = one(address);
        let mut counts = self.counts();
        let count = counts.entry(address).or_default();
        if self.most.is_some_and(|most| *count >= most) {
            return None;
        }
        *count += 1;
        Some(Place { addresses: self.clone(), address })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Nothing is half done where this lock is held.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: in IPv6 a network of 64 bits, of which a single machine can take any address.
fn one(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_gets_them_back() {
        let addresses = Addresses::new(Some(2));
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let first = enter("192.0.2.1").unwrap();
        let _second = enter("::ffff:192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());
        let _other = enter("192.0.2.2").unwrap();
        drop(first);
        let _third = enter("192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());

        let _one = (enter("2001:db8::1").unwrap(), enter("2001:db8::ffff:2").unwrap());
        assert!(enter("2001:db8::3").is_none() && enter("2001:db8:0:1::3").is_some());
    }

    #[test]
    fn who_has_none_is_forgotten() {
        let addresses = Addresses::new(None);
        let places: Vec<_> = (0..100).map(|_| addresses.enter(Ipv6Addr::LOCALHOST.into()).unwrap()).collect();
        assert_eq!(addresses.counts().len(), 1);
        drop(places);
        assert!(addresses.counts().is_empty());
    }
}
