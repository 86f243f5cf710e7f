// A sound card of our own for Firefox, whose AudioContexts run only where there is one: PulseAudio with a sink that plays to nobody.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Starts one; gives `{env, close}` for whoever shall play through it, or `undefined` where there is no PulseAudio (then the system's own). */
export async function soundCard() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/pulseaudio')) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'auralis-sound-'));
  const socket = join(folder, 'native');
  const env = { XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder, PULSE_STATE_PATH: folder };
  const child = spawn('/usr/bin/pulseaudio', [
    '-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes',
    '-L', 'module-null-sink sink_name=nobody rate=44100', '-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  ], { stdio: 'ignore', env: { ...process.env, ...env } });
  const failed = new Promise((resolve) => { child.once('exit', resolve); child.once('error', resolve); });
  for (let i = 0; i < 100 && !existsSync(socket); i += 1) {
    const wait = new Promise((resolve) => setTimeout(() => resolve('waited'), 50));
    if (await Promise.race([wait, failed]) !== 'waited') break;
  }
  if (!existsSync(socket)) throw new Error('PulseAudio did not start');
  return {
    env: { ...env, PULSE_SERVER: `unix:${socket}` },
    close: async () => {
      child.kill();
      await failed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
