// What goes between the worklet and the worker that renders textures, in Node: which session that is told of, what the engine takes, how far ahead
// is rendered; and that a session which others hear too is the engine's own.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PLACES } from './lib/native.mjs';
import { Engine, hear, lay, LOUDER, module, open, plain, RATE, SEED, WORDS } from './lib/processor.mjs';

const { adapter, Feed } = await import(pathToFileURL(join(PLACES.source, 'textures.js')));
const RICH = lay(plain, WORDS, { quality: 'rich' });
const PAGE = 4096;

/** A port that keeps what it is given. */
const port = () => {
  const said = [];
  return { said, postMessage: (message) => said.push(message), close() { this.closed = true; } };
};

/** A processor with a rich session, and its port. */
function rich(options = {}) {
  const processor = open({ session: undefined, fade: 0, ...options });
  const given = port();
  processor.tell({ type: 'textures', port: given });
  return { processor, given, sessions: () => given.said.filter((message) => message.at === undefined) };
}

describe('the worklet', () => {
  test('tells of the session that is played, with the changes as the engine took them', () => {
    const { processor, given, sessions } = rich();
    const coming = { frame: 100_000n, words: WORDS };
    processor.tell({ type: 'open', seed: SEED, words: RICH, changes: [coming] });
    processor.tell({ type: 'play' });
    hear(processor, RATE);
    assert.deepEqual(sessions(), [{ seed: SEED, rate: RATE, frame: 0n, words: RICH, changes: [coming] }]);
    processor.tell({ type: 'change', id: 1, words: LOUDER, after: true });
    hear(processor, RATE);
    assert.equal(sessions().length, 1, 'it comes after what is still to come');
    hear(processor, RATE);
    const { changes, words } = sessions()[1];
    assert.deepEqual(words, RICH);
    assert.deepEqual(changes, [coming, { frame: processor.last('changed').frame, words: LOUDER }]);
    const places = given.said.filter((message) => message.at !== undefined).map(({ at }) => Number(at));
    assert.ok(places.length >= 6 && places.every((at, i) => i === 0 || at >= places[i - 1]), String(places));
  });

  test('older changes are folded into what was before them', () => {
    const { processor, sessions } = rich();
    processor.tell({ type: 'open', seed: SEED, words: RICH });
    processor.tell({ type: 'play' });
    for (let id = 1; id <= 3; id += 1) {
      processor.tell({ type: 'change', id, words: id % 2 ? LOUDER : RICH });
      hear(processor, RATE);
    }
    assert.equal(sessions().at(-1).changes.length, 3);
    const { changes, engine } = processor;
    const later = changes.from({ raw: { history_for: () => engine.position } }, 0n);
    assert.deepEqual(later, { words: LOUDER, changes: [] });
  });

  test('pages are taken where nobody else hears the session, and none is heard but those of its own textures', () => {
    const heard = (options, given) => {
      const { processor } = rich();
      globalThis.currentTime = 0;
      processor.tell({ type: 'open', seed: SEED, words: RICH, ...options });
      processor.tell({ type: 'play' });
      // Of a texture that the session has not.
      const side = () => new Float32Array(2 * PAGE).fill(given);
      processor.textures.take({ print: 5n, page: 0, left: side(), right: side() });
      return { processor, sound: hear(processor, RATE) };
    };
    const alone = heard({}, 0.1);
    assert.ok(alone.processor.textures.taken);
    assert.deepEqual(alone.sound, heard({}, 0).sound, 'pages of another texture are not heard');
    assert.ok(!heard({ due: 0 }, 0.1).processor.textures.taken);
  });

  test('a session that others join begins without what was taken before', () => {
    const { processor, sessions } = rich();
    processor.tell({ type: 'open', seed: SEED, words: RICH });
    processor.textures.take({ print: 5n, page: 0, left: new Float32Array(PAGE), right: new Float32Array(PAGE) });
    let opened = 0;
    const { engine } = processor;
    engine.open = (...session) => {
      opened += 1;
      Engine.prototype.open.apply(engine, session);
    };
    globalThis.currentTime = 0;
    processor.tell({ type: 'open', seed: SEED, words: RICH, due: 1 });
    assert.equal(opened, 1);
    assert.deepEqual(sessions().at(-1), {}, 'and nothing is asked for');
    processor.tell({ type: 'open', seed: SEED, words: RICH, frame: 4096n });
    assert.equal(opened, 1);
    assert.equal(sessions().at(-1).frame, 4096n);
  });

  test('another worker takes the place of the one before', () => {
    const { processor, given } = rich();
    const other = port();
    processor.tell({ type: 'open', seed: SEED, words: RICH });
    processor.tell({ type: 'textures', port: other });
    processor.report();
    assert.ok(given.closed);
    assert.equal(other.said[0].seed, SEED);
  });

  test('only pages of samples are taken', () => {
    const engine = new Engine(module);
    engine.open(SEED, RATE, RICH);
    const page = new Float32Array(PAGE);
    assert.ok(engine.supply(2n ** 64n - 1n, 7n, page, page));
    assert.ok(!engine.supply(1n, 7n, page, page.map(() => NaN)));
  });
});

/** Bindings whose sheets say nothing but their page: so many textures sound at once, and rendering one takes a while. */
function bindings(textures) {
  const asked = [];
  let free = 0;
  class Ahead {
    constructor(seed, rate, words, frames) {
      Object.assign(this, { seed, rate, words, frames });
      asked.push(this);
    }

    sheets(page, pages) {
      return Array.from({ length: textures }, (_, n) => ({ print: BigInt(n), page, pages, free() { free += 1; } }));
    }

    free() {}
  }
  const device = { render: async ({ pages }) => new Float32Array(2 * pages * PAGE) };
  return { opened: { bindings: { Ahead }, textures: device }, asked, freed: () => free };
}

const told = (frame = 0n) => ({ seed: SEED, rate: RATE, words: RICH, changes: [{ frame: 9n, words: WORDS }], frame });

describe('the worker', () => {
  // Where one gives way to the next there may be four for a moment.
  for (const [textures, least] of [[0, 7], [1, 7], [2, 7], [3, 7], [4, 5]]) {
    test(`with ${textures} textures, what lies ready is never more than there is room for, and at least ${least} pages`, async () => {
      const { opened, asked, freed } = bindings(textures);
      const given = [];
      const feed = new Feed(opened, ({ print, page, left, right }) => {
        assert.equal(left.length, right.length);
        for (let i = 0; i < left.length / PAGE; i += 1) given.push([print, page + i]);
      });
      await feed.hear(told());
      assert.deepEqual([asked[0].words.length, asked[0].frames], [2 * WORDS.length, BigUint64Array.of(9n)]);
      for (let page = 0; page < 200; page += 3) {
        await feed.hear({ at: BigInt(page * PAGE) + 5n });
        const ready = given.slice(-36).filter(([, at]) => at >= page);
        for (let n = 0; n < textures; n += 1) {
          const of = ready.filter(([print]) => print === BigInt(n)).map(([, at]) => at);
          assert.ok(of.length >= least && of[0] === page && of.every((at, i) => at === page + i), `${page}: ${of}`);
        }
      }
      assert.equal(freed(), given.length / 4);
    });
  }

  test('another session begins at once, and none is none', async () => {
    const { opened } = bindings(1);
    const given = [];
    const feed = new Feed(opened, (pages) => given.push(pages.page));
    await Promise.all([feed.hear(told()), feed.hear(told(BigInt(1000 * PAGE)))]);
    assert.ok(given.filter((page) => page < 1000).length <= 1, String(given));
    assert.equal(given.at(-1) >= 1000, true);
    const before = given.length;
    await feed.hear({});
    await feed.hear({ at: BigInt(2000 * PAGE) });
    assert.equal(given.length, before);
  });

  test('whoever is late goes on where the music is', async () => {
    const { opened } = bindings(1);
    const given = [];
    const feed = new Feed(opened, (pages) => given.push(pages.page));
    await feed.hear(told());
    given.length = 0;
    await feed.hear({ at: BigInt(500 * PAGE) });
    assert.equal(given[0], 500);
  });

  test('programs are no GPUs', async () => {
    const gpu = (info) => ({ requestAdapter: async () => info && { info } });
    const refused = (info, options) => adapter(options, gpu(info)).then(() => '', ({ message }) => message);
    assert.equal(await refused({ vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false }), '');
    assert.equal(await refused({ vendor: '', isFallbackAdapter: false }), '', 'a browser may hide the name');
    assert.match(await refused({ vendor: 'google', architecture: 'swiftshader' }), /is a program/);
    assert.match(await refused({ vendor: '', isFallbackAdapter: true }), /is a program/);
    assert.equal(await refused({ vendor: '', isFallbackAdapter: true }, { software: true }), '');
    assert.equal(await refused(null), 'this browser gives no GPU');
    await assert.rejects(adapter({}, null), /has no WebGPU/);
  });
});
