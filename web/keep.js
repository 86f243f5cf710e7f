// The worker of "Keep this moment". The page sends it all that it needs: the engine, compiled or as bytes, for the `Engine` of
// worklet.js; and its own module, compiled or its address, in which the rest is done (src/keep/worker.rs), with the script around it. One
// order, one worker.

const say = (report, file) => postMessage({ report, file });

addEventListener('message', async ({ data: { glue, page, script, engine, order } }) => {
  try {
    const [bindings, { Engine }] = await Promise.all([import(glue), import(script)]);
    await bindings.default({ module_or_path: page });
    await bindings.keep(new Engine(engine), order, say);
  } catch (error) {
    say({ error: { message: String(error?.message ?? error) } });
  }
});

addEventListener('messageerror', () => say('resend'));
