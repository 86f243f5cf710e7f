//! When the certificate is to be read again: at the signal SIGHUP, where there are signals.

use std::sync::Arc;

use super::tls::Certificate;

/// Has it read again whenever that is asked for, from now on, as long as the runtime is there.
#[cfg(unix)]
pub(crate) fn renew_when_asked(certificate: Arc<Certificate>) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => return tracing::error!("SIGHUP can't be listened for: {error}"),
    };
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match certificate.renew() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!("the certificate stays the old one: {error}"),
            }
        }
    });
}

/// There is nothing by which it could be asked for.
#[cfg(not(unix))]
pub(crate) fn renew_when_asked(certificate: Arc<Certificate>) {
    drop(certificate);
}
