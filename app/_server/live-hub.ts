import { directSql } from '@/db/client';
import { log } from '@/domain/log';
import { notifyChannel, topics } from '@/domain/operation';
import { stillLive } from '@/domain/sessions/live-session';
import { onShutdown } from './shutdown';

export const streamsPerPerson = 5;
export const streamsPerProcess = 2000;

export type Subscriber = {
  userId: string;
  sessionId: string;
  send: (topics: readonly string[]) => void;
  /** Ends the stream: `session_ended` tells the page to go to the sign-in page, null only that it is over. */
  close: (why: 'session_ended' | null) => void;
};

type Hub = {
  subscribers: Set<Subscriber>;
  listening?: Promise<unknown>;
  timer?: ReturnType<typeof setInterval>;
  checking?: Promise<void>;
  failures: number;
};

// One listener and one check a second for all streams of this process, however often Next loads this module.
const held = globalThis as typeof globalThis & { vigilHub?: Hub };
const hub = (): Hub => {
  held.vigilHub ??= { subscribers: new Set(), failures: 0 };
  return held.vigilHub;
};

/** How many streams this process holds open. */
export const openStreams = (): number => hub().subscribers.size;

const known = new Set<string>(topics);

const spread = (payload: string): void => {
  let changed: unknown;
  try {
    changed = JSON.parse(payload);
  } catch {
    return;
  }
  if (!Array.isArray(changed)) return;
  const list = changed.filter((topic): topic is string => typeof topic === 'string' && known.has(topic));
  if (list.includes('sessions')) void checkSessions();
  for (const subscriber of hub().subscribers) subscriber.send(list);
};

const check = async (): Promise<void> => {
  const { subscribers } = hub();
  const asked = [...subscribers];
  try {
    const live = await stillLive([...new Set(asked.map((one) => one.sessionId))]);
    hub().failures = 0;
    for (const one of asked) if (!live.has(one.sessionId)) leave(one, 'session_ended');
  } catch (error) {
    // Not known is not allowed: while the sessions cannot be read, nobody hears anything for long.
    hub().failures += 1;
    if (hub().failures < 3) return;
    log.warn({ err: error }, 'sessions cannot be checked, streams closed');
    for (const one of asked) leave(one, null);
  }
};

/** Ends the streams whose session has ended; calls during a check wait for the next one. */
const checkSessions = (): Promise<void> => {
  const running = hub().checking;
  const next = (running ?? Promise.resolve()).then(check).finally(() => {
    if (hub().checking === next) hub().checking = undefined;
  });
  hub().checking = next;
  return next;
};

const leave = (subscriber: Subscriber, why: 'session_ended' | null): void => {
  if (hub().subscribers.delete(subscriber)) subscriber.close(why);
};

const start = (): Promise<unknown> => {
  const state = hub();
  state.timer ??= setInterval(() => {
    if (state.subscribers.size > 0 && !state.checking) void checkSessions();
  }, 1000).unref();
  // postgres.js listens again by itself after a lost connection; what was missed meanwhile is unknown: all changed.
  state.listening ??= directSql()
    .listen(notifyChannel, spread, () => {
      for (const subscriber of state.subscribers) subscriber.send([...topics]);
    })
    .catch((error) => {
      state.listening = undefined;
      throw error;
    });
  return state.listening;
};

/**
 * Joins the events of this process. Returns the function that leaves, or null when this person or this process has
 * as many streams as it may.
 */
export const join = async (subscriber: Subscriber): Promise<(() => void) | null> => {
  const { subscribers } = hub();
  const own = [...subscribers].filter((one) => one.userId === subscriber.userId).length;
  if (own >= streamsPerPerson || subscribers.size >= streamsPerProcess) return null;
  subscribers.add(subscriber);
  try {
    await start();
  } catch (error) {
    subscribers.delete(subscriber);
    throw error;
  }
  const offShutdown = onShutdown(() => leave(subscriber, null));
  return () => {
    offShutdown();
    subscribers.delete(subscriber);
  };
};
