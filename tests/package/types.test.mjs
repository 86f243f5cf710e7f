// The package's types: exact where the settings are, and refused where the package refuses.

import { after, before, test } from 'node:test';
import { makeApp } from './lib/app.mjs';

const GOOD_TS = `
import { expectTypeOf } from 'expect-type';
import {
  Auralis, AuralisError, AuralisOptionError, KEYS, LAYERS, PRESETS, createAuralis, fromShare, render, score,
  type AuralisErrorCode, type ChordEvent, type Key, type NoteEvent, type Preset, type Rendering, type Scale, type Score, type Settings, type State,
} from 'auralis';
import { AuralisPlayerElement } from 'auralis/element';

const music = await createAuralis({ seed: 42n, preset: 'focus', key: 'F# minor', scale: 'harmonic minor', bpm: 62, layers: { 'drone': 0.5 }, effects: false });
expectTypeOf(music).toEqualTypeOf<Auralis>();
expectTypeOf(music.play()).resolves.toBeVoid();
expectTypeOf(music.state).toEqualTypeOf<State>();
expectTypeOf(music.state.status).toEqualTypeOf<'paused' | 'starting' | 'playing'>();
expectTypeOf(music.state.settings.key).toEqualTypeOf<Key>();
expectTypeOf(music.state.settings.scale).toEqualTypeOf<Scale>();
expectTypeOf<Settings['preset']>().toEqualTypeOf<Preset | undefined>();
expectTypeOf<Preset>().toEqualTypeOf<(typeof PRESETS)[number]>();
expectTypeOf<(typeof KEYS)[number]>().toExtend<Key>();
expectTypeOf<(typeof LAYERS)[number]>().toExtend<keyof NonNullable<Settings['layers']>>();
music.addEventListener('chord', (event) => expectTypeOf(event.detail).toEqualTypeOf<ChordEvent>());
music.addEventListener('note', ({ detail }) => expectTypeOf(detail).toEqualTypeOf<NoteEvent>(), { once: true });
music.addEventListener('error', ({ detail }) => expectTypeOf(detail.code).toEqualTypeOf<AuralisErrorCode>());
music.addEventListener('anything', (event) => expectTypeOf(event).toEqualTypeOf<Event>());
expectTypeOf(music.connect(new GainNode(new AudioContext()))).toEqualTypeOf<GainNode>();
expectTypeOf(await render({ seconds: 3 })).toEqualTypeOf<Rendering>();
expectTypeOf(await score({ seconds: 3, seed: '7' })).toEqualTypeOf<Score>();
expectTypeOf(await music.score({ seconds: 3 })).toEqualTypeOf<Score>();
for (const event of (await score({ seconds: 3 })).events) if (event.type === 'phrase') expectTypeOf(event.bpm).toBeNumber();
expectTypeOf(fromShare('v=1')).resolves.toEqualTypeOf<Auralis>();
expectTypeOf<AuralisError>().toExtend<Error>();
expectTypeOf<AuralisOptionError>().toExtend<TypeError>();
expectTypeOf(document.createElement('auralis-player')).toEqualTypeOf<AuralisPlayerElement>();
music.volume = 0.5;
`;

const BAD_TS = `
import { Auralis, createAuralis, render } from 'auralis';

const music = await createAuralis();
// @ts-expect-error there is no such preset
music.set({ preset: 'loud' });
// @ts-expect-error nor such a key
music.set({ key: 'H minor' });
// @ts-expect-error nor such a scale
music.set({ scale: 'blues' });
// @ts-expect-error a tempo is a number
music.set({ bpm: '62' });
// @ts-expect-error there is no such layer
music.set({ layers: { choir: 1 } });
// @ts-expect-error there is no such setting
music.set({ tempo: 62 });
// @ts-expect-error two rates there are
await createAuralis({ sampleRate: 22050 });
// @ts-expect-error it has to be said how much
await render({ seed: 1 });
// @ts-expect-error what it is doing cannot be set
music.state.status = 'playing';
// @ts-expect-error players are made by createAuralis
await Auralis.make({}, () => null);
`;

const config = (compilerOptions) => JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [], skipLibCheck: false, ...compilerOptions },
  files: ['good.ts', 'bad.ts'],
});

let app;

before(async () => {
  app = await makeApp({
    'good.ts': GOOD_TS,
    'bad.ts': BAD_TS,
    'nodenext.json': config({ module: 'nodenext' }),
    'bundler.json': config({ module: 'esnext', moduleResolution: 'bundler' }),
  }, { typescript: '7.0.2', 'expect-type': '1.4.0' });
});
after(() => app?.remove());

for (const way of ['nodenext', 'bundler']) {
  test(`are what they say, as ${way} resolves them`, async () => {
    await app.run('tsc', '--project', `${way}.json`).catch(({ stdout, message }) => {
      throw new Error(stdout || message);
    });
  });
}
