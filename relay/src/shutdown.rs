//! When the relay is asked to stop.

/// Completes at Ctrl-C, and on Unix also at SIGTERM.
pub async fn requested() {
    tokio::select! {
        () = interrupt() => tracing::info!("stopping: interrupted"),
        () = terminate() => tracing::info!("stopping: asked to terminate"),
    }
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!("Ctrl-C can't be listened for: {error}");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(error) => {
            tracing::error!("SIGTERM can't be listened for: {error}");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending::<()>().await;
}
