/** The choice of the number of threads, on sequences of run times. */
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { ThreadChoice, threadNumbers } from "../../src/runtime/threadChoice.js";
import recordings from "./runTimes.json" with { type: "json" };

/**
 * Milliseconds of a run with one thread and with all, `clock` milliseconds after the first run began, and `awake`
 * milliseconds after all threads woke.
 */
type Machine = (clock: number, random: Random, awake: number) => readonly [one: number, all: number];

/** Nobody else wants the cores. */
const free =
  (one: number, all: number): Machine =>
  () => [one, all];

/** Another process pushes a thread aside for 4 ms, in one of `every` runs that all threads share. */
const busy =
  (one: number, all: number, every: number): Machine =>
  (_, random) => [one, all + (random.integerBelow(every) === 0 ? 4 : 0)];

/** Milliseconds of a stall, in one of 1000 runs. */
const rare = (random: Random) => (random.integerBelow(1000) === 0 ? 10 : 0);

/** All threads take `slow` for the first `duration` milliseconds after a wake; one of 3000 runs of theirs takes 5 ms longer. */
const slowToWake =
  (one: number, all: number, slow: number, duration: number): Machine =>
  (_, random, awake) => [one, (awake < duration ? slow : all) + (random.integerBelow(3000) === 0 ? 5 : 0)];

/** The whole machine stands still for 40 ms, in one of 1500 runs. */
const standstills =
  (one: number, all: number): Machine =>
  (_, random) => {
    const stall = random.integerBelow(1500) === 0 ? 40 : 0;
    return [one + stall, all + stall];
  };

/** Another process pushes a thread aside for `stall` ms, in each 100th run that all threads share. */
function everyHundredth(one: number, all: number, stall: number): Machine {
  let runs = 0;
  return () => [one, all + (++runs % 100 === 0 ? stall : 0)];
}

/** Noise as in recorded runs: most within 10 %, one of 1000 takes 2 ms longer. */
const noisy =
  (machine: Machine): Machine =>
  (clock, random, awake) => {
    const slow = random.integerBelow(1000) === 0 ? 2 / machine(clock, random, awake)[0] : 0;
    const factor = 1 + 0.1 * random.uniform() + slow;
    const [one, all] = machine(clock, random, awake);
    return [one * factor, all * factor];
  };

const inTurn =
  (first: Machine, second: Machine, period: number): Machine =>
  (clock, random, awake) =>
    (Math.floor(clock / period) % 2 === 0 ? first : second)(clock, random, awake);

/** Milliseconds of recorded runs. Each run is a character: 50 µs times 1.1 to the power of its code less 35. */
const times = (text: string) => Array.from(text, (sign) => 0.05 * 1.1 ** (sign.charCodeAt(0) - 35));

/** Gives the run that was under way, in a recording that starts anew at its end. */
class Player {
  readonly #times: readonly number[];
  #next = 0;
  #clock = 0;

  constructor(text: string) {
    this.#times = times(text);
  }

  at(clock: number): number {
    while (this.#clock <= clock) this.#clock += this.#times[this.#next++ % this.#times.length];
    return this.#times[(this.#next - 1) % this.#times.length];
  }

  get mean(): number {
    return this.#times.reduce((sum, time) => sum + time, 0) / this.#times.length;
  }
}

/** Total milliseconds of `duration` milliseconds of work: as chosen, with one thread, and with all. */
function simulate(machine: Machine, duration: number) {
  const random = Random.fromSeed(5);
  const choice = new ThreadChoice([1, 2]);
  const total = { chosen: 0, one: 0, all: 0 };
  let [runs, changes, awake] = [0, 0, 0];
  while (total.chosen < duration) {
    const { threads } = choice;
    if (threads === 1) awake = 0;
    const [one, all] = machine(total.chosen, random, awake);
    const time = threads === 1 ? one : all;
    total.chosen += time;
    total.one += one;
    total.all += all;
    awake += time;
    choice.add(time);
    runs++;
    if (choice.threads !== threads) changes++;
  }
  return { ...total, runs, changes };
}

describe("ThreadChoice", () => {
  const cases: readonly [name: string, machine: Machine, share: number][] = [
    ["all threads are faster", free(0.2, 0.12), 0.98],
    ["all threads are faster, with noise", noisy(free(0.2, 0.12)), 0.98],
    ["all threads gain little", free(0.1, 0.09), 0.98],
    ["all threads gain nothing", noisy(free(0.1, 0.1)), 0.98],
    ["all threads are slower", free(0.1, 0.15), 0.98],
    ["runs of 100 ms", noisy(free(100, 60)), 0.96],
    ["runs of 100 ms, all threads are slower", free(60, 100), 0.96],
    ["one thread of small runs waits often", busy(0.15, 0.1, 20), 0.97],
    ["one thread of small runs waits seldom", busy(0.15, 0.1, 60), 0.95],
    ["one thread of large runs waits often", noisy(busy(0.7, 0.4, 5)), 0.97],
    ["the machine stands still now and then", standstills(0.4, 0.28), 0.96],
    ["the machine stands still, with noise", noisy(standstills(0.64, 0.37)), 0.98],
    ["the machine stands still, all threads are slower", standstills(0.24, 0.42), 0.97],
    ["all threads stall for 20 ms in each 100th run", everyHundredth(0.2, 0.12, 20), 0.97],
    ["a stall of one thread does not hide that all are slower", (_, random) => [0.24 + rare(random), 0.42], 0.96],
  ];

  it.each([8, 20])("judges threads that are slow for %i ms after a wake when they are awake", (duration) => {
    const { chosen, runs } = simulate(slowToWake(0.46, 0.33, 0.5, duration), 20_000);
    expect((runs * 0.33) / chosen).toBeGreaterThan(0.96);
  });

  it.each(cases)("%s: loses little against the better number", (_, machine, share) => {
    const { chosen, one, all } = simulate(machine, 20_000);
    expect(Math.min(one, all) / chosen).toBeGreaterThan(share);
  });

  it.each(recordings)(
    "as recorded, $units units beside $beside: loses little against the better number",
    (recorded) => {
      const [one, all] = [new Player(recorded.one), new Player(recorded.all)];
      const choice = new ThreadChoice([1, 2]);
      let [clock, runs] = [0, 0];
      for (; clock < 20_000; runs++) {
        const time = (choice.threads === 1 ? one : all).at(clock);
        clock += time;
        choice.add(time);
      }
      expect((Math.min(one.mean, all.mean) * runs) / clock).toBeGreaterThan(0.95);
    },
  );

  it.each([
    [10_000, 0.93],
    [2000, 0.93],
  ])("follows a machine that is busy or free for %i ms in turn", (period, share) => {
    const machine = inTurn(free(0.2, 0.12), busy(0.2, 0.12, 20), period);
    const { runs } = simulate(machine, 60_000);
    expect(runs / (30_000 / 0.12 + 30_000 / 0.2)).toBeGreaterThan(share);
  });

  it("forgives a long run for earlier gains, leaves all threads at the second, and comes back soon", () => {
    const choice = new ThreadChoice([1, 4]);
    const add = (time: (threads: number) => number, runs: number) => {
      for (let i = 0; i < runs; i++) choice.add(time(choice.threads));
    };
    const usual = (threads: number) => (threads === 1 ? 1 : 0.4);
    add(usual, 30);
    expect(choice.threads).toBe(4);
    choice.add(6);
    expect(choice.threads).toBe(4);
    choice.add(6);
    expect(choice.threads).toBe(1);
    add(usual, 60);
    expect(choice.threads).toBe(4);
  });

  it("forgives one long stall as far as saved gains pay for it", () => {
    const choice = new ThreadChoice([1, 4]);
    for (let i = 0; i < 150; i++) choice.add(choice.threads === 1 ? 1 : 0.4);
    choice.add(30);
    expect(choice.threads).toBe(4);
    choice.add(30);
    expect(choice.threads).toBe(1);
  });

  it("tries less and less often what keeps failing, and never stays away from it", () => {
    const { changes } = simulate(free(0.1, 0.15), 60_000);
    // Every 4 seconds at the end: there and back.
    expect(changes).toBeGreaterThan(20);
    expect(changes).toBeLessThan(60);
  });
});

describe("ThreadChoice among several numbers", () => {
  /** Milliseconds of a run with each number of threads. */
  type Times = Readonly<Record<number, number>>;
  /** Milliseconds of a run with `threads` threads, `clock` milliseconds after the first run began. */
  type LargeMachine = (threads: number, clock: number, random: Random) => number;

  const fixed =
    (times: Times): LargeMachine =>
    (threads) =>
      times[threads];

  /** Runs with that many threads are 4 ms longer now and then, each with its own probability. */
  const halfBusy =
    (times: Times, stalls: Times): LargeMachine =>
    (threads, _, random) =>
      times[threads] + (random.uniform() < (stalls[threads] ?? 0) ? 4 : 0);

  const inTurns =
    (first: LargeMachine, second: LargeMachine, period: number): LargeMachine =>
    (threads, clock, random) =>
      (Math.floor(clock / period) % 2 === 0 ? first : second)(threads, clock, random);

  /** Most runs within 10 %, one of 1000 takes twice as long. */
  const withNoise =
    (machine: LargeMachine): LargeMachine =>
    (threads, clock, random) =>
      machine(threads, clock, random) * (1 + 0.1 * random.uniform() + (random.integerBelow(1000) === 0 ? 1 : 0));

  /** Runs in `duration` milliseconds, and the share of the time that each number of threads had. */
  function simulateLarge(machine: LargeMachine, all: number, duration: number) {
    const random = Random.fromSeed(6);
    const choice = new ThreadChoice(threadNumbers(all));
    const shares = new Map<number, number>();
    let [clock, runs] = [0, 0];
    for (; clock < duration; runs++) {
      const { threads } = choice;
      const time = machine(threads, clock, random);
      clock += time;
      choice.add(time);
      shares.set(threads, (shares.get(threads) ?? 0) + time / duration);
    }
    return { runs, shares };
  }

  /** Nets whose best number is 1, 2, 4 and 8. */
  const [tiny, small, medium, large] = [
    { 1: 0.1, 2: 0.11, 4: 0.15, 8: 0.25 },
    { 1: 0.2, 2: 0.15, 4: 0.18, 8: 0.3 },
    { 1: 0.6, 2: 0.35, 4: 0.25, 8: 0.3 },
    { 1: 0.6, 2: 0.35, 4: 0.22, 8: 0.14 },
  ];
  const huge = { 1: 100, 2: 52, 4: 28, 8: 16 };

  it("tries the powers of two, and all", () => {
    expect([2, 3, 6, 8].map(threadNumbers)).toEqual([
      [1, 2],
      [1, 2, 3],
      [1, 2, 4, 6],
      [1, 2, 4, 8],
    ]);
  });

  it.each([
    ["a tiny net", fixed(tiny), 8, 1],
    ["a small net", fixed(small), 8, 2],
    ["a small net, with noise", withNoise(fixed(small)), 8, 2],
    ["a medium net", fixed(medium), 8, 4],
    ["a medium net, with noise", withNoise(fixed(medium)), 8, 4],
    ["a large net", fixed(large), 8, 8],
    ["a large net, with noise", withNoise(fixed(large)), 8, 8],
    ["a large net on four cores", fixed(large), 4, 4],
    ["two threads that gain too little alone", fixed({ 1: 0.2, 2: 0.197, 4: 0.12, 8: 0.1 }), 8, 8],
    ["two threads that are slower than one and than four", fixed({ 1: 0.2, 2: 0.22, 4: 0.12, 8: 0.1 }), 8, 8],
    ["half of the cores are busy", halfBusy(large, { 8: 0.2 }), 8, 4],
    ["half of the cores are busy, with noise", withNoise(halfBusy(large, { 8: 0.05 })), 8, 4],
    ["two cores are free", halfBusy(large, { 4: 0.1, 8: 0.3 }), 8, 2],
    ["three numbers", fixed({ 1: 0.2, 2: 0.15, 3: 0.1 }), 3, 3],
  ] as const)("%s: finds the best number", (_, machine, all, best) => {
    expect(simulateLarge(machine, all, 20_000).shares.get(best)).toBeGreaterThan(0.97);
  });

  it("spends little on a net whose runs take 100 ms", () => {
    expect(simulateLarge(fixed(huge), 8, 60_000).shares.get(8)).toBeGreaterThan(0.95);
  });

  it.each([
    ["half of the cores are busy in turn", fixed(large), halfBusy(large, { 8: 0.2 }), 0.14, 0.22],
    ["the best number is 8 and 2 in turn", fixed(large), fixed(small), 0.14, 0.15],
    ["the best number is 8 and 4 in turn", fixed(large), fixed(medium), 0.14, 0.25],
  ] as const)("%s: follows", (_, first, second, best, then) => {
    const { runs } = simulateLarge(inTurns(first, second, 10_000), 8, 60_000);
    expect(runs / (30_000 / best + 30_000 / then)).toBeGreaterThan(0.96);
  });
});
