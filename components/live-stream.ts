/**
 * One event stream per browser. The visible tab that holds the Web Lock reads /api/live and passes topics on
 * through a BroadcastChannel; a hidden tab lets go, and reads everything again when it is looked at.
 */
export type LiveState = 'connecting' | 'live' | 'stale';
export type LiveStatus = { state: LiveState; lastNews: number };

type Message =
  | { kind: 'topics'; topics: string[] }
  | { kind: 'status'; status: LiveStatus }
  | { kind: 'ask' };

const listeners = new Set<() => void>();
let status: LiveStatus = { state: 'connecting', lastNews: 0 };
let onTopics: (topics: string[] | 'all') => void = () => {};
let source: EventSource | undefined;
let release: (() => void) | undefined;
let channel: BroadcastChannel | undefined;

function setStatus(next: Partial<LiveStatus>, tell = true) {
  status = { ...status, ...next };
  for (const listener of listeners) listener();
  if (tell) channel?.postMessage({ kind: 'status', status } satisfies Message);
}

function openStream() {
  if (source) return;
  // What changed between the reading of the page's rows and the first connection is gone too.
  let lost = true;
  source = new EventSource('/api/live');
  source.onopen = () => {
    setStatus({ state: 'live', lastNews: Date.now() });
    if (lost) spread('all'); // events between the two connections are gone
    lost = false;
  };
  source.onmessage = (event) => {
    let topics: unknown;
    try {
      topics = JSON.parse(event.data);
    } catch {
      return;
    }
    if (Array.isArray(topics)) spread(topics.filter((topic) => typeof topic === 'string'));
  };
  source.addEventListener('ended', () => {
    // The session has ended somewhere else; whatever this page shows is no longer this browser's to see.
    const next = encodeURIComponent(location.pathname + location.search);
    location.assign(`/login?ended=1&next=${next}`);
  });
  source.onerror = () => {
    lost = true;
    setStatus({ state: 'stale' });
    if (source?.readyState === EventSource.CLOSED) {
      // The server refused (signed out, restarting behind a proxy): the browser does not try again by itself.
      closeStream();
      setTimeout(() => release && openStream(), 5000);
    }
  };
}

function closeStream() {
  source?.close();
  source = undefined;
}

function spread(topics: string[] | 'all') {
  const list = topics === 'all' ? ['*'] : topics;
  setStatus({ lastNews: Date.now() });
  channel?.postMessage({ kind: 'topics', topics: list } satisfies Message);
  onTopics(topics);
}

function receive(message: Message) {
  if (message.kind === 'topics') onTopics(message.topics.includes('*') ? 'all' : message.topics);
  else if (message.kind === 'status') setStatus(message.status, false);
  else if (source) channel?.postMessage({ kind: 'status', status } satisfies Message);
}

function takePart() {
  if (release) return;
  const abort = new AbortController();
  let done = () => {};
  release = () => {
    abort.abort();
    done();
    closeStream();
    release = undefined;
  };
  channel?.postMessage({ kind: 'ask' } satisfies Message);
  // Web Locks need a secure context; without them each visible tab reads its own stream.
  if (!navigator.locks) {
    openStream();
    return;
  }
  navigator.locks
    .request('vigil-live', { signal: abort.signal }, () => {
      openStream();
      return new Promise<void>((resolve) => {
        done = resolve;
      });
    })
    .catch(() => {});
}

let users = 0;

function onVisibility() {
  if (document.visibilityState === 'visible') {
    takePart();
    onTopics('all');
  } else release?.();
}

/** Starts taking part; `changed` gets the topics, or 'all' after a gap. Returns the function that stops. */
export function startLive(changed: (topics: string[] | 'all') => void): () => void {
  onTopics = changed;
  users += 1;
  if (users === 1) {
    channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('vigil-live');
    if (channel) channel.onmessage = (event) => receive(event.data as Message);
    document.addEventListener('visibilitychange', onVisibility);
    if (document.visibilityState === 'visible') takePart();
  }
  return () => {
    users -= 1;
    if (users > 0) return;
    document.removeEventListener('visibilitychange', onVisibility);
    release?.();
    channel?.close();
    channel = undefined;
  };
}

export function subscribeStatus(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export const liveStatus = () => status;
