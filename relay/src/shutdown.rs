//! When the relay is asked to stop.

use std::io;

/// The signals that ask it to stop: Ctrl-C, and on Unix also SIGTERM.
///
/// Made before the relay says where it is: whoever reads that may ask it to stop in the same moment, and is not missed.
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Listens from now on. To be called within a runtime.
    ///
    /// # Errors
    /// If the system refuses it.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Listens from now on. To be called within a runtime.
    ///
    /// # Errors
    /// If the system refuses it.
    #[cfg(windows)]
    pub fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Completes at the first of them.
    pub async fn requested(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => tracing::info!("stopping: interrupted"),
            _ = self.terminate.recv() => tracing::info!("stopping: asked to terminate"),
        }
        #[cfg(windows)]
        {
            self.interrupt.recv().await;
            tracing::info!("stopping: interrupted");
        }
    }
}
