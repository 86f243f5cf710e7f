//! Textures on the GPU: a worker (web/worklet/textures.js) renders them ahead for the worklet, where a session has them and the browser has WebGPU. Without it the
//! worklet renders them by itself, and nothing is loaded.

use super::message::{Opening, ToWorklet, Words};
use super::module::place_of;
use super::{Player, to_js};
use auralis_engine::settings::Quality;
use js_sys::{Array, Object, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Event, MessageChannel, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The word that holds the quality.
const QUALITY: usize = 8;

/// Where they are rendered.
#[derive(Default)]
pub(super) enum Textures {
    /// Nobody has asked for a GPU.
    #[default]
    Unasked,
    /// By a worker, which may still be on its way.
    There(Renderer),
    /// There is no GPU, or none any more.
    Nowhere,
}

/// The worker. Dropped, it ends.
pub(super) struct Renderer {
    worker: Worker,
    /// Whether it has said that its GPU is of use.
    renders: Cell<bool>,
    _ears: Closure<dyn FnMut(Event)>,
}

impl Drop for Renderer {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn is_rich(words: &Words) -> bool {
    words[QUALITY] == f32::from(Quality::Rich as u8)
}

impl Player {
    /// Sends for a GPU, if what is opened will have textures that are nobody else's.
    pub(super) fn dress(self: &Rc<Self>, opening: &Opening) {
        let rich = is_rich(&opening.words) || opening.changes.iter().any(|change| is_rich(&change.words));
        if rich && opening.due.is_none() {
            self.send_for_gpu();
        }
    }

    /// As [`Player::dress`], of settings that were changed while it plays.
    pub(super) fn dress_for(self: &Rc<Self>, words: &Words) {
        let alone = self.opening.borrow().as_ref().is_some_and(|opening| opening.due.is_none());
        if is_rich(words) && alone {
            self.send_for_gpu();
        }
    }

    /// Whether a GPU renders textures.
    #[must_use]
    pub fn has_gpu(&self) -> bool {
        matches!(&*self.textures.borrow(), Textures::There(renderer) if renderer.renders.get())
    }

    fn send_for_gpu(self: &Rc<Self>) {
        if matches!(*self.textures.borrow(), Textures::Unasked) && self.node.borrow().is_some() {
            *self.textures.borrow_mut() = self.renderer().map_or(Textures::Nowhere, Textures::There);
            self.feed_textures();
        }
    }

    fn renderer(self: &Rc<Self>) -> Result<Renderer, JsValue> {
        let navigator = web_sys::window().ok_or("no window")?.navigator();
        if Reflect::get(&navigator, &"gpu".into())?.is_falsy() {
            return Err("no WebGPU".into());
        }
        let loaded = self.loaded.borrow();
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&place_of(&loaded, "textures.js"), &options)?;
        let this = Rc::downgrade(self);
        let ears = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let Some(this) = this.upgrade() else { return };
            let said = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            let says =
                |what: &str| said.as_ref().is_some_and(|said| Reflect::has(said, &what.into()) == Ok(true));
            if said.is_none() || says("none") {
                // Not here: this is called by the worker's own listener.
                super::after(0, move || *this.textures.borrow_mut() = Textures::Nowhere);
            } else if let Textures::There(renderer) = &*this.textures.borrow()
                && says("device")
            {
                renderer.renders.set(true);
            }
        });
        let listener = Some(ears.as_ref().unchecked_ref());
        worker.set_onmessage(listener);
        worker.set_onerror(listener);
        let told = Object::new();
        for (key, name) in [("script", "gpu.js"), ("module", "gpu_bg.wasm")] {
            Reflect::set(&told, &key.into(), &place_of(&loaded, name).into())?;
        }
        worker.post_message(&told)?;
        Ok(Renderer { worker, renders: Cell::new(false), _ears: ears })
    }

    /// Joins the worker and the worklet, where there are both.
    pub(super) fn feed_textures(&self) {
        let Textures::There(Renderer { worker, .. }) = &*self.textures.borrow() else { return };
        let Ok(channel) = MessageChannel::new() else { return };
        let given = Object::new();
        let port = channel.port1();
        if let Ok(message) = to_js(&ToWorklet::Textures)
            && Reflect::set(&given, &"port".into(), &port).is_ok()
            && worker.post_message_with_transfer(&given, &Array::of1(&port)).is_ok()
            && Reflect::set(&message, &"port".into(), &channel.port2()).is_ok()
        {
            self.post_js(&message, &Array::of1(&channel.port2()));
        }
    }
}
