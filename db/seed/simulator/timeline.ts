import { createHash } from 'node:crypto';
import { bell, dice, happens, weighted } from './dice';
import { type FraudKind, fraudKinds, longAttack, meanCampaign, scripts } from './frauds';
import { dayMs, purchasesOf } from './habits';
import type { Purchase } from './purchases';
import { World } from './world';

export type SimulatorOptions = {
  seed: number;
  /** Begins the ids. */
  prefix: string;
  customers: number;
  /** Mean payments a day. */
  perDay: number;
  /** About that share of the payments is fraud. */
  fraudShare: number;
  /** Share of the customers that pay here by then, 0…1; everybody without it. */
  share?: (at: number) => number;
  /** When the long attack begins, in milliseconds since 1970. */
  attackAt?: number;
};

/** What becomes known of a payment, and when: a chargeback, or the customer's call. */
export type Known = { at: number; label: 'fraud' | 'chargeback' };

/** A body for the decision API with what it really is. */
export type Simulated = {
  payment: Record<string, string | number> & { transaction_id: string; transaction_timestamp: string };
  at: number;
  fraud: FraudKind | null;
  known: Known | null;
};

type Event = { purchase: Purchase; fraud: FraudKind | null };

/** Nobody's clock is farther than this from UTC. */
const clocksApart = dayMs / 2;
/** What nobody ever reports. */
const unreported = 0.12;

/** Customers call within two days; banks take weeks, longest for what the customer bought. */
const whenKnown = (fraud: FraudKind, at: number, roll: () => number): Known | null => {
  if (roll() < unreported) return null;
  if (fraud !== 'friendly_fraud' && roll() < 0.35)
    return { at: Math.floor(at + (0.1 + roll() * 1.9) * dayMs), label: 'fraud' };
  const days = (fraud === 'friendly_fraud' ? 21 : 9) * Math.exp(bell(roll) * 0.5);
  return { at: Math.floor(at + days * dayMs), label: 'chargeback' };
};

const simulated = (options: SimulatorOptions, { purchase, fraud }: Event): Simulated => {
  const { at, ...rest } = purchase;
  const ms = Math.floor(at);
  const body = { ...rest, transaction_timestamp: new Date(ms).toISOString() };
  // The id follows from all that is sent, so that no id ever comes with another body.
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const id = `${options.prefix}${hash.slice(0, 12)}`;
  const roll = dice(options.seed, 'known', hash);
  return {
    payment: { transaction_id: id, ...body },
    at: ms,
    fraud,
    known: fraud === null ? null : whenKnown(fraud, ms, roll),
  };
};

const campaignsOf = (world: World, options: SimulatorOptions, day: number): Event[] => {
  const start = day * dayMs;
  const share = options.share?.(start) ?? 1;
  const roll = dice(options.seed, 'campaigns', day);
  const count = happens((options.perDay * share * options.fraudShare) / meanCampaign, roll);
  return Array.from({ length: count }, (_, number) => {
    const luck = dice(options.seed, 'campaign', day, number);
    const kind = fraudKinds[
      weighted(
        fraudKinds.map((each) => scripts[each].often),
        luck,
      )
    ] as FraudKind;
    return scripts[kind]
      .run(world, start + luck() * dayMs, luck)
      .map((purchase): Event => ({ purchase, fraud: kind }));
  }).flat();
};

const honestOf = (world: World, options: SimulatorOptions, day: number): Event[] => {
  const mean = options.perDay / options.customers;
  const active = Math.ceil((options.share?.(day * dayMs) ?? 1) * options.customers);
  return Array.from({ length: active }, (_, number) => purchasesOf(world, number, day, mean))
    .flat()
    .map((purchase): Event => ({ purchase, fraud: null }));
};

const attackOf = (world: World, options: SimulatorOptions): Event[] =>
  options.attackAt === undefined
    ? []
    : longAttack(world, options.attackAt, dice(options.seed, 'attack')).map(
        (purchase): Event => ({ purchase, fraud: 'card_testing' }),
      );

/** Days of campaigns before `from` that may still go on after it. */
const campaignDays = 3;

function* inOrder(
  options: SimulatorOptions,
  from: number,
  to: number,
  honest: boolean,
): Generator<Simulated> {
  const world = new World(options.seed, options.customers);
  const first = Math.floor(from / dayMs);
  let waiting = attackOf(world, options);
  for (let day = first - campaignDays; day * dayMs - clocksApart < to; day += 1) {
    const fresh = campaignsOf(world, options, day);
    const usual = honest && day >= first - 1 ? honestOf(world, options, day) : [];
    waiting = waiting.concat(fresh, usual);
    const complete = Math.min(to, (day + 1) * dayMs - clocksApart);
    const due = waiting.filter(({ purchase }) => purchase.at < complete);
    waiting = waiting.filter(({ purchase }) => purchase.at >= complete);
    due.sort((a, b) => a.purchase.at - b.purchase.at);
    for (const event of due) if (event.purchase.at >= from) yield simulated(options, event);
  }
}

/**
 * Payments from one moment to another, oldest first: what thousands of customers buy by habit, and seven kinds of
 * fraud among it. The same seed gives the same payments, wherever one begins.
 * @param from,to milliseconds since 1970; without `to` it never ends
 */
export const simulate = (
  options: SimulatorOptions,
  from: number,
  to = Number.POSITIVE_INFINITY,
): Generator<Simulated> => inOrder(options, from, to, true);

/** The frauds alone of what `simulate` gives: little work even for weeks. */
export const simulateFrauds = (options: SimulatorOptions, from: number, to: number): Generator<Simulated> =>
  inOrder(options, from, to, false);
