import { pick, type Roll } from './dice';
import { type Machine, machine, online, overCounter, type Purchase } from './purchases';
import { type Customer, cardToken, farCities, type Merchant, type World } from './world';

export const fraudKinds = [
  'card_testing',
  'account_takeover',
  'stolen_card',
  'compromised_merchant',
  'mule',
  'bot',
  'friendly_fraud',
] as const;
export type FraudKind = (typeof fraudKinds)[number];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

type Script = (world: World, start: number, roll: Roll) => Purchase[];

/** An account that was opened for the purpose; it says it lives where a customer does. */
const freshAccount = (world: World, roll: Roll): Customer => ({
  ...world.someone(roll),
  id: `cust-n${Math.floor(roll() * 1e7).toString(36)}`,
  cards: [cardToken(roll)],
});

/** Small payments show which stolen cards work, and those pay for something dear an hour later. */
const cardTesting: Script = (world, start, roll) => {
  const thief = machine(roll);
  const shop = world.onlineShop(pick(['games', 'books', 'electronics'], roll), roll);
  const dear = world.onlineShop('electronics', roll);
  const purchases: Purchase[] = [];
  let at = start;
  const cards = 12 + Math.floor(roll() * 20);
  for (let number = 0; number < cards; number += 1) {
    const victim = world.someone(roll);
    const card = victim.cards[0] as string;
    at += (3 + roll() * 25) * second;
    purchases.push(online(victim, shop, { euros: 0.5 + roll() * 2.5, at, card, machine: thief }));
    if (roll() < 0.15)
      purchases.push(
        online(victim, dear, {
          euros: 200 + roll() * 450,
          at: at + hour * (0.7 + roll()),
          card,
          machine: thief,
        }),
      );
  }
  return purchases;
};

/** Somebody signs in as the customer, from a machine never seen, and buys what can be sold again. */
const accountTakeover: Script = (world, start, roll) => {
  const thief = machine(roll);
  const who = world.someone(roll);
  return Array.from({ length: 2 + Math.floor(roll() * 3) }, (_, step) => {
    const shop = world.onlineShop(pick(['electronics', 'fashion', 'gift_cards'], roll), roll);
    const at = start + step * minute * (4 + roll() * 15);
    return online(who, shop, {
      euros: 120 + roll() * 600,
      at,
      card: who.cards[0] as string,
      machine: thief,
    });
  });
};

/** The card, or its copy, pays over counters on another continent while its holder is at home. */
const stolenCard: Script = (world, start, roll) => {
  const who = world.someone(roll);
  const card = who.cards[0] as string;
  const place = pick(farCities, roll);
  const shops = world.counters(place);
  return Array.from({ length: 3 + Math.floor(roll() * 5) }, (_, step) => {
    const at = start + step * minute * (6 + roll() * 20);
    const euros = step === 0 ? 4 + roll() * 10 : 70 + roll() * 260;
    return overCounter(who, pick(shops, roll), { euros, at, card });
  });
};

/** Cards that paid at one merchant, where their numbers were read, pay elsewhere over the next two days. */
const compromisedMerchant: Script = (world, start, roll) => {
  const leak = world.someone(roll).habits.here[0] as Merchant;
  const read: Customer[] = [];
  for (let tries = 0; tries < world.size && read.length < 12; tries += 1) {
    const who = world.customer(tries);
    if (who.habits.here.includes(leak) && !read.includes(who)) read.push(who);
  }
  return read.map((who) => {
    const shop = world.onlineShop(pick(['fashion', 'electronics', 'travel'], roll), roll);
    const at = start + roll() * 48 * hour;
    return online(who, shop, {
      euros: 70 + roll() * 220,
      at,
      card: who.cards[0] as string,
      machine: machine(roll),
    });
  });
};

/** A new account turns the cards of others into vouchers, in round amounts. */
const mule: Script = (world, start, roll) => {
  const account = freshAccount(world, roll);
  const phone: Machine = { ...machine(roll), place: account.home };
  const shop = world.onlineShop('gift_cards', roll);
  return Array.from({ length: 5 + Math.floor(roll() * 4) }, (_, step) => {
    const card = world.someone(roll).cards[0] as string;
    const at = start + step * hour * (1 + roll() * 6);
    return online(account, shop, { euros: pick([100, 150, 200, 250, 300], roll), at, card, machine: phone });
  });
};

/** A script opens accounts and pays from a handful of machines, one payment every few seconds. */
const bot: Script = (world, start, roll) => {
  const machines = [machine(roll), machine(roll)];
  const shop = world.onlineShop('games', roll);
  const euros = 5 + Math.floor(roll() * 3) * 5;
  let at = start;
  return Array.from({ length: 20 + Math.floor(roll() * 25) }, () => {
    const account = freshAccount(world, roll);
    at += (1 + roll() * 5) * second;
    return online(account, shop, {
      euros,
      at,
      card: account.cards[0] as string,
      machine: pick(machines, roll),
    });
  });
};

/** The customer buys as always, and tells the bank later that it was somebody else. */
const friendlyFraud: Script = (world, start, roll) => {
  const who = world.someone(roll);
  const shop = pick(who.habits.online, roll);
  return [
    online(who, shop, { euros: shop.price * (1.5 + roll() * 3), at: start, card: who.cards[0] as string }),
  ];
};

/** Each kind with how often it happens, against the others. */
export const scripts: Readonly<Record<FraudKind, { often: number; run: Script }>> = {
  card_testing: { often: 2, run: cardTesting },
  account_takeover: { often: 6, run: accountTakeover },
  stolen_card: { often: 4, run: stolenCard },
  compromised_merchant: { often: 1.2, run: compromisedMerchant },
  mule: { often: 2, run: mule },
  bot: { often: 1, run: bot },
  friendly_fraud: { often: 6, run: friendlyFraud },
};

/** Payments of a campaign of mean luck, weighed by how often each kind happens. */
export const meanCampaign = 7;

/** Cards are tried at one merchant for hours: what a console opened on its first day shows under way. */
export const longAttack = (world: World, start: number, roll: Roll): Purchase[] => {
  const shop = world.onlineShop('electronics', roll);
  const machines = [machine(roll), machine(roll), machine(roll)];
  let at = start;
  return Array.from({ length: 500 }, () => {
    const victim = world.someone(roll);
    at += (8 + roll() * 30) * second;
    const euros = roll() < 0.15 ? 150 + roll() * 300 : 1 + roll() * 4;
    return online(victim, shop, {
      euros,
      at,
      card: victim.cards[0] as string,
      machine: pick(machines, roll),
    });
  });
};
