//! The worker's side: called by keep.js, with the engine that worklet.js makes of the module that the page has compiled.

use super::rendering::{PARTS, Rendering, Synth};
use super::{Order, What, pack::Pack};
use crate::player::{Opening, Words, said, to_js};
use auralis_engine::{Frame, SampleRate};
use auralis_export::{Format, midi};
use js_sys::{Array, Float32Array, Function, Object, Promise, Reflect, Uint8Array, global};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

/// Milliseconds between two reports.
const REPORT: f64 = 200.0;
/// Milliseconds of work between two rests on a machine with one core, where the music needs the other half.
const STINT: f64 = 10.0;

#[wasm_bindgen]
extern "C" {
    /// `Engine` of worklet.js.
    pub type Engine;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Engine, seed: u64, rate: u32, words: &[f32]) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn seek(this: &Engine, frame: u64, words: &[f32], changes: &JsValue) -> Result<u32, JsValue>;
    #[wasm_bindgen(method)]
    fn step(this: &Engine, intervals: u32) -> bool;
    #[wasm_bindgen(method)]
    fn apply(this: &Engine, frame: u64, words: &[f32]) -> u32;
    #[wasm_bindgen(method)]
    fn render(this: &Engine, left: &Float32Array, right: &Float32Array, offset: u32, count: u32);
    #[wasm_bindgen(method, js_name = takeParts)]
    fn take_parts(this: &Engine);
    #[wasm_bindgen(method, getter)]
    fn parts(this: &Engine) -> Float32Array;
    #[wasm_bindgen(method, getter)]
    fn earliest(this: &Engine) -> u64;
    #[wasm_bindgen(method, getter)]
    fn most(this: &Engine) -> u32;

    /// Who is told, by keep.js, how the work goes on.
    pub type Teller;
    #[wasm_bindgen(method)]
    fn progress(this: &Teller, done: f64, speed: f64);
    #[wasm_bindgen(method)]
    fn done(this: &Teller, speed: f64, file: &Blob);
    #[wasm_bindgen(method)]
    fn error(this: &Teller, message: &str);

    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &Function, milliseconds: f64);
}

/// The engine, and the arrays into which it renders.
struct Module {
    engine: Engine,
    left: Float32Array,
    right: Float32Array,
}

impl Synth for Module {
    type Error = JsValue;

    fn begin(&mut self, opening: &Opening, rate: SampleRate) -> Result<usize, JsValue> {
        self.engine.open(opening.seed, rate.hz(), &opening.words)?;
        let told = self.engine.seek(opening.frame, &opening.words, &to_js(&opening.changes)?)?;
        Ok(told as usize)
    }

    fn step(&mut self, intervals: u32) -> bool {
        self.engine.step(intervals)
    }

    fn earliest(&self) -> Frame {
        Frame(self.engine.earliest())
    }

    fn apply(&mut self, frame: Frame, words: &Words) -> Result<(), JsValue> {
        match self.engine.apply(frame.0, words) {
            0 => Ok(()),
            _ => Err("there are too many changes within a few minutes there".into()),
        }
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let count = left.len() as u32;
        self.engine.render(&self.left, &self.right, 0, count);
        self.left.subarray(0, count).copy_to(left);
        self.right.subarray(0, count).copy_to(right);
    }

    fn parts(&mut self, out: &mut [f32; PARTS]) {
        self.engine.take_parts();
        self.engine.parts().copy_to(out);
    }
}

/// Carries out an [`Order`], whose parts these are, and tells how that goes on.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "plain values cross the boundary at the price of few bytes")]
pub async fn keep(
    engine: Engine,
    teller: Teller,
    session: String,
    from: u64,
    frames: u64,
    what: String,
    format: String,
    stem: String,
    date: f64,
) {
    let begun = now();
    let order = Order::received(session, (from, frames), (&what, &format), stem, date);
    let outcome = match order {
        Ok(order) => carry_out(engine, &order, &teller).await,
        Err(sentence) => Err(sentence.into()),
    };
    match outcome {
        Ok((seconds, file)) => teller.done(seconds / ((now() - begun) / 1000.0).max(1e-3), &file),
        Err(error) => teller.error(&said(&error)),
    }
}

/// Gives the file, and how many seconds it plays.
async fn carry_out(engine: Engine, order: &Order, teller: &Teller) -> Result<(f64, Blob), JsValue> {
    let (session, log) = order.session()?;
    let Order { span, what, .. } = *order;
    let file = match what {
        What::Midi => {
            let bytes = midi::file(&session, &log, span.from, span.end())?;
            blob(&Array::of1(&Uint8Array::from(bytes.as_slice())), what.media_type())?
        }
        What::Wav(format) | What::Stems(format) => {
            let room = || Float32Array::new_with_length(engine.most());
            let (left, right) = (room(), room());
            let mut module = Module { engine, left, right };
            let stems = matches!(what, What::Stems(_));
            let rendering = Rendering::begin(&session, &log, span, stems, &mut module)?;
            render(rendering, &mut module, order, format, session.rate, teller).await?
        }
    };
    Ok((session.rate.seconds(span.frames), file))
}

/// Renders to the end, and lays the file together.
async fn render(
    mut rendering: Rendering,
    module: &mut Module,
    order: &Order,
    format: Format,
    rate: SampleRate,
    teller: &Teller,
) -> Result<Blob, JsValue> {
    let what = order.what;
    let mut pack = Pack::new(what, format, &order.stem, rate, order.span.frames);
    let kept: Vec<Array> = (0..pack.count()).map(|_| Array::new()).collect();
    // Each piece becomes a blob at once: browsers keep those where there is room, and not in the worker's memory.
    let mut keep = |file: usize, bytes: &[u8]| -> Result<(), JsValue> {
        kept[file].push(&JsValue::from(blob(&Array::of1(&Uint8Array::from(bytes)), "")?));
        Ok(())
    };
    let mut samples = vec![Vec::new(); rendering.files()];
    let begun = now();
    let (mut reported, mut rested) = (begun, begun);
    let alone = has_one_core();
    loop {
        let more = rendering.go_on(module, &mut samples)?;
        pack.take(&mut samples, &mut keep)?;
        if !more {
            break;
        }
        let time = now();
        if time - reported > REPORT {
            reported = time;
            let seconds = rate.seconds(rendering.synthesized(module));
            teller.progress(rendering.done(module), seconds / ((time - begun) / 1000.0));
            rest(0.0).await?;
        }
        if alone && time - rested > STINT {
            rest(time - rested).await?;
            rested = now();
        }
    }
    let around = pack.finish(order.date as i64, &mut keep)?;
    let parts = Array::new();
    for (n, before) in around.iter().enumerate() {
        parts.push(&Uint8Array::from(before.as_slice()));
        if let Some(file) = kept.get(n) {
            parts.push(&JsValue::from(blob(file, "")?));
        }
    }
    let file = blob(&parts, what.media_type())?;
    // A browser that had no room for it says so only when it is read.
    let end = file.slice_with_f64_and_f64((file.size() - 1.0).max(0.0), file.size())?;
    JsFuture::from(end.array_buffer()).await.map_err(|_| "there is no room for it on this device")?;
    Ok(file)
}

fn blob(parts: &Array, media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_blob_sequence_and_options(parts, &options)
}

/// Lets others go first for a while.
async fn rest(milliseconds: f64) -> Result<(), JsValue> {
    let waited = Promise::new(&mut |then, _| set_timeout(&then, milliseconds));
    JsFuture::from(waited).await.map(drop)
}

fn has_one_core() -> bool {
    let navigator = Reflect::get(&global(), &"navigator".into()).unwrap_or(Object::new().into());
    let cores = Reflect::get(&navigator, &"hardwareConcurrency".into()).ok().and_then(|n| n.as_f64());
    cores.is_some_and(|n| n < 2.0)
}
