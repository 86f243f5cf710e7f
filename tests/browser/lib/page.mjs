// The page in Chromium: opened, watched, and waited for, also while it is being loaded anew.

/** Complaints of a page, and of its policy, as they come. */
export async function watch(page) {
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeBinding('complainOfPolicy', (_, text) => complaints.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      globalThis.complainOfPolicy(`${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  return complaints;
}

/** Waits until a function of the page gives something, and gives it. */
export async function until(page, condition, argument, timeout = 30_000) {
  const end = Date.now() + timeout;
  for (;;) {
    // A page that is just being loaded anew cannot answer.
    const found = await page.evaluate(condition, argument).catch((error) => {
      if (/context was destroyed|navigation/i.test(String(error))) return undefined;
      throw error;
    });
    if (found) return found;
    if (Date.now() > end) throw new Error(`still not so after ${timeout / 1000} s: ${condition}, ${JSON.stringify(argument)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until an element says something. */
export function says(page, selector, pattern, timeout) {
  return until(
    page,
    ([where, source]) => new RegExp(source).test(document.querySelector(where)?.textContent ?? ''),
    [selector, pattern.source],
    timeout,
  );
}

/** Waits until so many seconds have been recorded (see capture.mjs). */
export function seconds(page, count) {
  return until(
    page,
    (samples) => globalThis.recorded.reduce((sum, part) => sum + part.length, 0) >= samples,
    2 * 44100 * count,
    60_000 + 4000 * count,
  );
}

/** Opens the page and waits until it has come to life. */
export async function visit(page, url) {
  await page.goto(url);
  await until(page, () => document.body?.dataset.ready !== undefined);
}
