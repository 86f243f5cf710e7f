// The worker of "Keep this moment". The page sends it all that it needs: the engine, compiled or as bytes, for the `Engine` of
// worklet.js; and its own module, compiled or its address, in which the rest is done (src/keep/worker.rs), with the script around it. One
// order, one worker.

/** How the work goes on, and how it ended. */
const tell = {
  progress: (done, speed) => postMessage({ type: 'progress', done, speed }),
  done: (speed, file) => postMessage({ type: 'done', speed, file }),
  error: (message) => postMessage({ type: 'error', message }),
};

addEventListener('message', async ({ data: { glue, page, script, engine, order } }) => {
  try {
    const [bindings, { Engine }] = await Promise.all([import(glue), import(script)]);
    await bindings.default({ module_or_path: page });
    await bindings.keep(new Engine(engine), tell, ...order);
  } catch (error) {
    tell.error(String(error?.message ?? error));
  }
});

// A compiled module that this browser does not hand over.
addEventListener('messageerror', () => postMessage({ type: 'resend' }));
