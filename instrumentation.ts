/** Runs once when the server starts. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { closeStreamsOnExit } = await import('./app/_server/shutdown');
    closeStreamsOnExit();
    const { stampRequests } = await import('./app/_server/client-address');
    stampRequests();
    const { meterConsole } = await import('./app/_server/meters');
    meterConsole();
  }
}
