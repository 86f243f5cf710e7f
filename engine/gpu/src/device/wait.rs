//! Waiting for what a callback brings, for a limited time.

use super::error::GpuError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

/// What a callback will bring: a future that is ready when it has.
#[derive(Debug)]
pub(super) struct Arrival<T>(Arc<Mutex<Slot<T>>>);

impl<T> Clone for Arrival<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Arrival<T> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Slot { value: None, waker: None })))
    }

    pub(super) fn bring(&self, value: T) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.value = Some(value);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).value.take()
    }
}

impl<T> Future for Arrival<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Natively callbacks come while the device is polled, which waits by itself.
#[cfg(not(target_arch = "wasm32"))]
pub(super) async fn within<T>(
    arrival: Arrival<T>,
    patience: Duration,
    mut poll: impl FnMut(Duration) -> Result<(), GpuError>,
) -> Result<T, GpuError> {
    let began = std::time::Instant::now();
    loop {
        let left = patience.saturating_sub(began.elapsed());
        poll(left)?;
        if let Some(value) = arrival.take() {
            return Ok(value);
        }
        if left.is_zero() {
            return Err(GpuError::Late { waited: patience });
        }
        // The queue may be empty a moment before its callbacks have run.
        std::thread::yield_now();
    }
}

/// In a browser callbacks come from its event loop, and so does the end of patience.
#[cfg(target_arch = "wasm32")]
pub(super) async fn within<T>(
    mut arrival: Arrival<T>,
    patience: Duration,
    mut poll: impl FnMut(Duration) -> Result<(), GpuError>,
) -> Result<T, GpuError> {
    poll(Duration::ZERO)?;
    let mut over = gloo_timers::future::sleep(patience);
    std::future::poll_fn(move |context| {
        if let Poll::Ready(value) = Pin::new(&mut arrival).poll(context) {
            return Poll::Ready(Ok(value));
        }
        Pin::new(&mut over).poll(context).map(|()| Err(GpuError::Late { waited: patience }))
    })
    .await
}
