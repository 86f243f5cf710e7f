// WebKitGTK's MiniBrowser by plain WebDriver: a few HTTP requests, so that no driver package is needed.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

const MINI_BROWSERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser', '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A virtual screen of our own; Xvfb says its number on a pipe. */
async function screen() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    child.stdio[3].once('data', (data) => resolve(String(data).trim()));
  });
  return { display: `:${number}`, close: () => child.kill() };
}

/** Starts WebKit; gives `{visit, run, close}`. */
export async function webkit(driver) {
  const display = process.env.DISPLAY ? { display: process.env.DISPLAY, close() {} } : await screen();
  const port = await freePort();
  const child = spawn(driver, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display.display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const close = () => {
    child.kill();
    display.close();
  };
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
    return value;
  };
  try {
    const binary = MINI_BROWSERS.find((path) => existsSync(path));
    if (!binary) throw new Error('no MiniBrowser');
    const wanted = {
      capabilities: {
        alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation', '--autoplay-policy=allow'] } },
      },
    };
    let session;
    for (let attempt = 0; !session; attempt += 1) {
      try {
        session = await call('POST', '/session', wanted);
      } catch (error) {
        if (attempt === 50) throw error;
        await pause(200);
      }
    }
    const base = `/session/${session.sessionId}`;
    await call('POST', `${base}/timeouts`, { script: 600_000, pageLoad: 60_000 });
    return {
      visit: (url) => call('POST', `${base}/url`, { url }),
      run: async (source, argument) => {
        const script = `const [argument, done] = arguments;
          (${source})(argument).then((value) => done({ value }), (error) => done({ error: String(error) + (error.stack ?? '') }));`;
        const { value, error } = await call('POST', `${base}/execute/async`, { script, args: [argument] });
        if (error) throw new Error(error);
        return value;
      },
      close: async () => {
        await call('DELETE', base).catch(() => {});
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
