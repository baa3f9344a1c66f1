// Does something once for many wishes that come together.

/** The wait for further wishes, and the time between two doings. */
const GATHER_MS = 60;
const PAUSE_MS = 400;

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns a wish for `work`. However many wishes come, `work` runs one at a time, and again for those that came meanwhile. */
export function gathered(work: () => Promise<void>, wait = passed): () => void {
  let isWished = false;
  let isWorking = false;
  const run = async () => {
    await wait(GATHER_MS);
    while (isWished) {
      isWished = false;
      await work();
      await wait(PAUSE_MS);
    }
    isWorking = false;
  };
  return () => {
    isWished = true;
    if (isWorking) return;
    isWorking = true;
    void run();
  };
}
