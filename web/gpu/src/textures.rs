//! The browser's GPU, and what happens when it fails.

use crate::sheet::{Sheet, joined};
use auralis_gpu::bank::Each;
use auralis_gpu::device::{Software, Wanted};
use auralis_gpu::{Chain, GpuTextures, Unavailable, open};
use js_sys::Float32Array;
use std::time::Duration;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// How long a span is waited for. The music does not wait: the audio thread renders by itself what is not there in time.
const PATIENCE: Duration = Duration::from_secs(5);

/// Renders on the GPU; where that fails, here, while it is opened anew.
#[wasm_bindgen]
pub struct Textures {
    chain: Chain<GpuTextures>,
}

#[wasm_bindgen]
impl Textures {
    /// Opens the adapter that the browser gives, compiles the kernels, and compares what they render with what the processor does. `software`:
    /// whether an adapter counts that is a program, which only tests want; `is_program`: whether it is known to be one, which browsers need not tell wgpu.
    ///
    /// # Errors
    /// With a sentence, if there is none, or it renders something else.
    pub async fn open(software: bool, is_program: bool) -> Result<Textures, JsError> {
        let software = if software { Software::Allowed } else { Software::Ignored };
        let opened = async move || {
            let textures = open(Wanted::Auto, software, PATIENCE).await?;
            if is_program {
                textures.with_bank(Each::Two).await.map_err(Unavailable::Gpu)
            } else {
                Ok(textures)
            }
        };
        let first = opened().await?;
        let chain =
            Chain::beginning(first, move || async move { opened().await.map_err(|why| why.to_string()) });
        Ok(Self { chain })
    }

    /// Renders a sheet: both channels, one after the other.
    pub async fn render(&mut self, sheet: &Sheet) -> Float32Array {
        let sound = self.chain.render(&sheet.plan, sheet.span).await;
        Float32Array::from(joined(&sound).as_slice())
    }

    /// What has happened since it was asked last, a sentence for each.
    pub fn events(&mut self) -> Vec<String> {
        self.chain.events().iter().map(ToString::to_string).collect()
    }

    /// Whether the GPU renders now.
    pub fn is_on_device(&mut self) -> bool {
        self.chain.is_on_device()
    }

    /// Whether the GPU was given up.
    #[must_use]
    pub fn is_left(&self) -> bool {
        self.chain.is_left()
    }
}
