// Written by `cargo xtask package` from the engine's declaration of its settings: not to be changed by hand.

import type { Preset, Settings } from './settings.js';

/** What each preset sets. */
export const PRESET_SETTINGS: Readonly<Record<Preset, Settings>> = Object.freeze({
  focus: {"key":"D minor","scale":"dorian","bpm":60.0,"intensity":0.5,"brightness":0.5,"space":0.5,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  meditation: {"key":"C minor","scale":"aeolian","bpm":50.0,"intensity":0.3,"brightness":0.5,"space":0.5,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  sleep: {"key":"E minor","scale":"phrygian","bpm":40.0,"intensity":0.15,"brightness":0.5,"space":0.5,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  bright: {"key":"G major","scale":"lydian","bpm":70.0,"intensity":0.6,"brightness":0.5,"space":0.5,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  drift: {"key":"A minor","scale":"minor pentatonic","bpm":56.0,"intensity":0.4,"brightness":0.45,"space":0.8,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  dawn: {"key":"F major","scale":"major","bpm":54.0,"intensity":0.45,"brightness":0.6,"space":0.6,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":1.0,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
  rain: {"key":"Bb minor","scale":"aeolian","bpm":46.0,"intensity":0.3,"brightness":0.4,"space":0.55,"effects":true,"quality":"full","layers":{"drone":0.7,"pad":1.0,"lead":0.5,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":0.0}},
  abyss: {"key":"C# minor","scale":"harmonic minor","bpm":42.0,"intensity":0.2,"brightness":0.2,"space":1.0,"effects":true,"quality":"full","layers":{"drone":1.0,"pad":1.0,"lead":0.6,"bell":1.0,"grains":1.0,"noise":1.0,"percussion":1.0}},
});
