// The audio thread's side of Auralis. `cargo xtask worklet` makes one file of it, without imports: what a page loads is one version.
//
// `Engine` is the module's ABI (src/abi.rs) in JavaScript; Node uses it too (hash.mjs, bench.mjs, tests). `Processor` plays one
// session in an AudioWorkletNode. Both take all their memory beforehand: what runs in every block makes no garbage.
//
// A session is told as `{seed, words, changes, frame}`: `words` are the settings in force just before the first of
// `changes` ([{frame, words}, …], in order), `frame` is where to begin. To begin late, changes must reach back to
// `history_for(frame)`; older ones are folded into `words`. Seeds and frames are BigInts, settings Float32Arrays.
//
// Messages to the processor:
//   {type: 'open', seed, words, changes?, frame?, turn?, ahead?, due?, streamed?}
//                                                  play this session from there, in place of the one before; `turn` comes back in
//                                                  every report on it; `ahead`: a worker seeks (seek.js), wait for it; `due`: the
//                                                  context's time at which `frame` is to sound: wait for that too, or leave out what is
//                                                  late; `streamed`: as a relay sends it, and not by the engine, until a `swap`
//   {type: 'stream', port}                         what a relay sends comes from this port (stream.js); no port: no more of it
//   {type: 'textures', port}                       what a worker renders of the session's textures comes from this port (textures.js)
//   {type: 'lean'}                                 the music goes over from the engine into what the relay sends, once that lies ready
//   {type: 'arrive', turn, memory}                 what that worker's engine had in its memory when it was there
//   {type: 'alone', turn}                          there will be no such answer
//   {type: 'change', id, words, frame?, after?}    these settings hold from `frame` on (from now on if it is not given, or has
//                                                  passed); replaces all changes that were still to come, unless it comes `after` them
//   {type: 'swap', turn, frame, words, changes, memory}
//                                                  what a worker's engine had in its memory when it was at that frame, with another past:
//                                                  the music goes over into it there; words and changes as in `open`
//   {type: 'due', turn, at}                        that opening, if it still waits, is due at another time
//   {type: 'pace', ratio}                          frames of the session for each one that is heard: a little more or less than 1
//   {type: 'quality', id, value}                   this quality from now on, and in all changes still to come, which stay
//   {type: 'play'}, {type: 'pause'}                with short fades; paused, nothing is computed
//   {type: 'close'}                                the end of the node
// Messages from it:
//   {type: 'ready', sound}                              the engine is there; the version of its sound
//   {type: 'state', turn, position, at, load, playing, seeking, gaps, wrong}
//                                                       twice a second, and whenever something begins or ends; `at` is the
//                                                       context's time, `load` the engine's share of the audio thread's, `gaps`
//                                                       how often since the last report the output went without, `wrong` how many
//                                                       samples were beyond full scale
//   {type: 'changed', id, frame}, {type: 'refused', id, code}
//   {type: 'proof', turn, frame, hash}                  five seconds of the session from that frame on were rendered, and what proves it
//   {type: 'swapped', turn, frame, there}               what was to be gone over into; not `there`: it came too late
//   {type: 'leant', turn, frame}                        the music has gone over into what the relay sends
//   {type: 'error', message, turn, position}            the engine is broken; silence from now on, where the music had come to

import { Processor } from './audio/processor.js';

export { Engine, REFUSALS, seed } from './audio/engine.js';
export { Processor };

globalThis.registerProcessor?.('auralis', Processor);
