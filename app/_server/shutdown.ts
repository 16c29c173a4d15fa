// Next bundles route handlers and instrumentation apart, so the set they share hangs on globalThis.
const held = globalThis as typeof globalThis & { vigilClosers?: Set<() => void>; vigilExitHook?: boolean };

/**
 * Registers what must end before the process can: an open event stream keeps the server alive after SIGTERM.
 * Returns the function that takes it off the list again.
 */
export function onShutdown(close: () => void): () => void {
  held.vigilClosers ??= new Set();
  const closers = held.vigilClosers;
  closers.add(close);
  return () => closers.delete(close);
}

/** Closes everything registered on SIGTERM and SIGINT; called once from instrumentation.ts. */
export function closeStreamsOnExit() {
  if (held.vigilExitHook) return;
  held.vigilExitHook = true;
  const closeAll = () => {
    for (const close of held.vigilClosers ?? []) close();
    held.vigilClosers?.clear();
  };
  process.once('SIGTERM', closeAll);
  process.once('SIGINT', closeAll);
}
