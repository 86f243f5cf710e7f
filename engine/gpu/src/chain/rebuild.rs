//! Opening a device beside the rendering: in a thread natively, in the browser's own time there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(not(target_arch = "wasm32"))]
const ENDED: &str = "the thread that opens the device has ended";

/// What may go from a thread to another. In a browser a device stays where it is, and everything will do.
#[cfg(not(target_arch = "wasm32"))]
pub trait Portable: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send> Portable for T {}

/// What may go from a thread to another. In a browser a device stays where it is, and everything will do.
#[cfg(target_arch = "wasm32")]
pub trait Portable {}
#[cfg(target_arch = "wasm32")]
impl<T> Portable for T {}

/// What threads may share; in a browser there is one thread.
#[cfg(not(target_arch = "wasm32"))]
pub trait Shared: Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Sync> Shared for T {}

/// What threads may share; in a browser there is one thread.
#[cfg(target_arch = "wasm32")]
pub trait Shared {}
#[cfg(target_arch = "wasm32")]
impl<T> Shared for T {}

type Opening<B> = Pin<Box<dyn Future<Output = Result<B, String>>>>;

#[cfg(not(target_arch = "wasm32"))]
pub(super) type Open<B> = Arc<dyn Fn() -> Opening<B> + Send + Sync>;
#[cfg(target_arch = "wasm32")]
pub(super) type Open<B> = Arc<dyn Fn() -> Opening<B>>;

/// A device that is being opened, or what came of it when that was waited for.
#[cfg(not(target_arch = "wasm32"))]
pub(super) struct Rebuild<B> {
    result: std::sync::mpsc::Receiver<Result<B, String>>,
    came: Option<Result<B, String>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl<B: Portable + 'static> Rebuild<B> {
    pub(super) fn begin(open: &Open<B>) -> Self {
        let (done, result) = std::sync::mpsc::channel();
        let open = Arc::clone(open);
        let thread = std::thread::Builder::new().name("gpu".into());
        // Where there is no thread to be had, the other end is dropped, and that is the answer.
        let _ = thread.spawn(move || done.send(pollster::block_on(open())));
        Self { result, came: None }
    }

    /// The device, or why there is none, once.
    pub(super) fn look(&mut self) -> Option<Result<B, String>> {
        use std::sync::mpsc::TryRecvError;
        self.came.take().or_else(|| match self.result.try_recv() {
            Ok(opened) => Some(opened),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(ENDED.into())),
        })
    }

    /// Waits until there is something to look at.
    pub(super) fn wait(&mut self) {
        self.came = Some(self.result.recv().unwrap_or_else(|_| Err(ENDED.into())));
    }
}

/// A device that is being opened, as a task of the browser's.
#[cfg(target_arch = "wasm32")]
pub(super) struct Rebuild<B>(std::rc::Rc<std::cell::RefCell<Option<Result<B, String>>>>);

#[cfg(target_arch = "wasm32")]
impl<B: 'static> Rebuild<B> {
    pub(super) fn begin(open: &Open<B>) -> Self {
        let came = Self(std::rc::Rc::default());
        let (opening, comes) = (open(), std::rc::Rc::clone(&came.0));
        wasm_bindgen_futures::spawn_local(async move {
            let opened = opening.await;
            comes.replace(Some(opened));
        });
        came
    }

    /// The device, or why there is none, once.
    pub(super) fn look(&mut self) -> Option<Result<B, String>> {
        self.0.take()
    }
}

/// Lets a device go. wgpu waits without an end until it has done all that was submitted, and panics where it can't: that is a thread's of its own, and
/// waited for a moment only.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn let_go<B: Portable + 'static>(device: B) {
    // Where there is no thread to be had it is dropped here.
    if let Ok(thread) = crate::beside::Beside::begin("gpu end", move || drop(device)) {
        thread.wait();
    }
}

/// Lets a device go.
#[cfg(target_arch = "wasm32")]
pub(super) fn let_go<B>(device: B) {
    drop(device);
}
