//! Who may connect: so many in all, so many from each address.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use tokio::sync::Semaphore;

use super::addresses::{Addresses, Place};
use super::caller::Caller;

/// How many connections there may be beyond all others, only to be told that there is no place.
const SPARE: usize = 64;

/// Why there is no place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Full {
    /// There are as many as there may be.
    Relay,
    /// That address has as many as it may have.
    Address,
}

/// Counts connections, and says who may have one.
pub struct Gate {
    all: Arc<Semaphore>,
    most: usize,
    spare: Arc<Semaphore>,
    addresses: Arc<Addresses>,
    proxies: Vec<IpNet>,
}

impl Gate {
    /// With so many connections in all and for each address. Those of `proxies` are believed for whom they ask.
    pub fn new(most: usize, most_per_address: Option<usize>, proxies: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self {
            all: Arc::new(Semaphore::new(most)),
            most,
            spare: Arc::new(Semaphore::new(SPARE)),
            addresses: Addresses::new(most_per_address),
            proxies,
        })
    }

    /// One who has connected, with a place or to be told that there is none; nothing if there are too many even for that.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr, secure: bool) -> Option<Arc<Caller>> {
        let proxy = self.trusts(peer);
        let place = match self.all.clone().try_acquire_owned() {
            Err(_) => Err(Full::Relay),
            // A proxy's connections are those of many addresses, which each request names.
            Ok(of_all) if proxy => Ok((of_all, None)),
            Ok(of_all) => match self.addresses.enter(peer) {
                Some(place) => Ok((of_all, Some(place))),
                None => Err(Full::Address),
            },
        };
        Some(Arc::new(match place {
            Ok((of_all, place)) => Caller::admitted(self.clone(), peer, secure, proxy, of_all, place),
            Err(full) => Caller::refused(
                self.clone(),
                peer,
                secure,
                full,
                self.spare.clone().try_acquire_owned().ok()?,
            ),
        }))
    }

    /// One more connection of an address that a proxy names.
    pub(super) fn enter_named(&self, address: IpAddr) -> Option<Place> {
        self.addresses.enter(address)
    }

    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// Waits until all connections have ended, WebSockets among them.
    pub(crate) async fn emptied(&self) {
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        // It is never closed, so there is nothing else to wait for.
        let _ = self.all.acquire_many(all).await;
    }
}
