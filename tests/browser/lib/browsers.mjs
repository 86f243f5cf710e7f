// The three browsers behind one face: `{visit(url), run(async function's source, argument), close()}`.

import { existsSync } from 'node:fs';
import { soundCard } from './sound.mjs';
import { webkit } from './webkit.mjs';

const { env } = process;

/** How Chromium is started: it speaks to nobody by itself, and plays without a press. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required',
];

const first = (...paths) => paths.find((path) => path && existsSync(path));

/** The programs that are here. */
export const PROGRAMS = {
  chromium: first(env.AURALIS_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:/Program Files/Google/Chrome/Application/chrome.exe'),
  firefox: first(env.AURALIS_FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox', 'C:/Program Files/Mozilla Firefox/firefox.exe'),
  webkit: first(env.AURALIS_WEBKIT_DRIVER, '/usr/bin/WebKitWebDriver'),
};

/** For a test's options: why it is skipped. In CI nothing is: there, a browser that is missing is a failure. */
export function absent(name) {
  return !PROGRAMS[name] && !env.CI ? `skipped: no ${name}` : false;
}

/** Chromium itself, for tests that need more than the common face. */
export async function launchChromium(...flags) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: PROGRAMS.chromium, args: [...CHROMIUM_FLAGS, ...flags] });
}

/** Firefox, with preferences of a test's own. */
export async function startFirefox(preferences = {}) {
  const { default: puppeteer } = await import('puppeteer-core');
  const card = await soundCard();
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: PROGRAMS.firefox, headless: true, protocolTimeout: 600_000,
    env: { ...env, ...card?.env },
    extraPrefsFirefox: { 'media.autoplay.default': 0, ...preferences },
  });
  const page = await browser.newPage();
  return {
    /** Has a function run in all pages from now on, before their own scripts. */
    prepare: (source, argument) => page.evaluateOnNewDocument(`(${source})(${JSON.stringify(argument)})`),
    visit: (url) => page.goto(url),
    run: (source, argument) => page.evaluate(`(${source})(${JSON.stringify(argument)})`),
    close: async () => {
      await browser.close();
      await card?.close();
    },
  };
}

const START = {
  async chromium() {
    const browser = await launchChromium();
    const page = await browser.newPage();
    return {
      visit: (url) => page.goto(url),
      run: (source, argument) => page.evaluate(`(${source})(${JSON.stringify(argument)})`),
      close: () => browser.close(),
    };
  },
  firefox: () => startFirefox(),
  webkit: () => webkit(PROGRAMS.webkit),
};

/** Starts a browser. */
export function start(name) {
  if (!PROGRAMS[name]) throw new Error(`${name} is not installed`);
  return START[name]();
}
