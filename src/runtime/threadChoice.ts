/**
 * Chooses the number of threads for one kind of run, by the times that its runs take. The number of threads changes no
 * bit, so the choice may change at every run. Reads no clock: all times are given.
 */

/** Milliseconds and runs, after the first, by which a trial is judged. */
const TRIAL = 5;
const TRIAL_RUNS = 2;
/**
 * Times that a trial of more threads is judged before it is lost, each by other runs: a thread that has slept may wake
 * on a core that is taken, and needs some milliseconds to get one of its own.
 */
const CHANCES = 6;
/** A trial wins if its runs take less than this share of the time. */
const GAIN = 0.97;
/**
 * A choice is dropped at once when it has lost this many milliseconds against the other, or half a run of it. Runs that
 * gain pay back what others lost, and as much of what others will lose. One wait for a thread that another process has
 * pushed aside takes about as long.
 */
const MOST_LOSS = 4;
/**
 * Outside trials, what a run loses beyond this many milliseconds, or one run of the other choice, is forgiven: a long
 * stall, as of a machine that stands still, says little about the next runs. More threads pay for it with saved gains.
 */
const MOST_STALL = 6;
/** Milliseconds of runs between two trials: the first, and the longest to which failures double it. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 4000;
/**
 * The pause after a failure is at least this many times as long as what it lost, so trials cost at most 1 %. Outside a
 * trial, no more than `MOST_LOSS` counts.
 */
const PAUSE_FACTOR = 100;
/**
 * Most milliseconds of gains of more threads that are saved for later trials of them. A loss so paid is no failure and
 * makes no long pause: with what was gained before, they have still lost nothing. The more is saved, the sooner is the
 * next trial.
 */
const MOST_SAVED = 40;
/** Milliseconds over which the mean of the current choice is taken. */
const WINDOW = 50;

/** Numbers of threads worth a trial if there may be `all`: 1, 2, 4 and so on, and `all`. */
export function threadNumbers(all: number): number[] {
  const numbers: number[] = [];
  for (let threads = 1; threads < all; threads *= 2) numbers.push(threads);
  return [...numbers, all];
}

/** Facts about the fewest threads, or about more. */
interface Side {
  /** The fewest that this side stands for. */
  readonly threads: number;
  /** The choice between those, if there is one. */
  readonly choice: ThreadChoice | null;
  /** Mean milliseconds of a run, NaN until known. */
  mean: number;
  /** Failures in a row: trials that it did not win, and times when it was dropped. */
  failures: number;
}

/**
 * Two sides: the fewest threads, and more, which may be a choice by itself, with two sides again. Each choice sees only
 * the times of the runs on its own sides.
 */
export class ThreadChoice {
  readonly #fewest: number;
  #current: Side;
  #other: Side;
  #isTrial = true;
  /** Times that the trial may still be judged. */
  #chances = 1;
  /** Runs and milliseconds since the last change, without the first run, which finds cold caches. */
  #runs = -1;
  #time = 0;
  /** Milliseconds lost against the other side: in a trial since its begin, otherwise never below `-MOST_LOSS`. */
  #loss = 0;
  /** Milliseconds until the next trial. */
  #pause = 0;
  /** Milliseconds that more threads have gained against the fewest, and no trial has spent. */
  #saved = 0;

  /** Between two numbers or more, in rising order. */
  constructor([fewest, ...more]: readonly number[]) {
    const choice = more.length > 1 ? new ThreadChoice(more) : null;
    this.#fewest = fewest;
    this.#current = { threads: fewest, choice: null, mean: Number.NaN, failures: 0 };
    this.#other = { threads: more[0], choice, mean: Number.NaN, failures: 0 };
  }

  /** Number of threads for the next run. */
  get threads(): number {
    const { choice, threads } = this.#current;
    return choice ? choice.threads : threads;
  }

  get #isFewest(): boolean {
    return this.#current.threads === this.#fewest;
  }

  /** Takes note of the milliseconds that a run with `threads` threads has taken. */
  add(time: number): void {
    this.#current.choice?.add(time);
    const { mean } = this.#other;
    if (Number.isNaN(mean)) {
      this.#measure(time);
      if (this.#isMeasured) this.#change(true);
      return;
    }
    const counted = time - this.#forgiven(time - mean - Math.max(MOST_STALL, mean));
    this.#measure(counted);
    this.#loss += counted - mean;
    if (this.#loss > Math.max(MOST_LOSS, mean / 2)) this.#drop();
    else if (this.#isTrial) this.#judge(mean);
    else this.#wait(counted, mean);
  }

  /** The part of `excess` milliseconds that does not count. */
  #forgiven(excess: number): number {
    if (this.#isTrial || excess <= 0) return 0;
    if (this.#isFewest) return excess;
    const forgiven = Math.min(excess, this.#saved);
    this.#saved -= forgiven;
    return forgiven;
  }

  /**
   * The first run after a change counts only if there is no other; then a plain mean turns into a moving one. A stall of
   * the fewest counts as twice their mean: in a short trial it would make them look slow for seconds.
   */
  #measure(time: number): void {
    const current = this.#current;
    const counted = this.#isFewest && time > 2 * current.mean ? 2 * current.mean : time;
    this.#runs++;
    if (this.#runs > 0) this.#time += time;
    if (this.#runs === 1 || Number.isNaN(current.mean)) current.mean = counted;
    else if (this.#runs > 1)
      current.mean += (counted - current.mean) * Math.max(1 / this.#runs, Math.min(current.mean / WINDOW, 0.5));
  }

  get #isMeasured(): boolean {
    return this.#runs >= TRIAL_RUNS && this.#time >= TRIAL;
  }

  #judge(other: number): void {
    if (!this.#isMeasured) return;
    if (this.#current.mean < other * GAIN) {
      this.#isTrial = false;
      this.#loss = 0;
      this.#pause = this.#pauseBefore(this.#other);
      return;
    }
    this.#chances--;
    this.#runs = 0;
    this.#time = 0;
    if (this.#chances === 0) this.#drop();
  }

  #wait(time: number, other: number): void {
    this.#loss = Math.max(this.#loss, -MOST_LOSS);
    if (!this.#isFewest) this.#save(other - time);
    this.#pause -= time;
    if (this.#pause <= 0) this.#change(true);
  }

  /** When more threads have saved as much as they may, they have proved themselves, and their failures are forgotten. */
  #save(gain: number): void {
    this.#saved = Math.min(Math.max(this.#saved + gain, 0), MOST_SAVED);
    if (this.#saved === MOST_SAVED) this.#current.failures = 0;
  }

  /** Goes back to the other side. If this ends a trial, or drops the fewest, the other side has proved itself. */
  #drop(): void {
    const dropped = this.#current;
    const paid = this.#isFewest ? 0 : Math.min(this.#saved, this.#loss);
    const loss = this.#loss - paid;
    this.#saved -= paid;
    const asTrial = this.#isTrial ? loss : Math.min(loss, MOST_LOSS);
    const pause = Math.max(this.#pauseBefore(dropped), PAUSE_FACTOR * asTrial);
    if (loss > 0) dropped.failures++;
    if (this.#isTrial || this.#isFewest) this.#other.failures = 0;
    this.#change(false);
    this.#pause = pause;
  }

  /** Milliseconds before the next trial of `side`. */
  #pauseBefore({ threads, failures }: Side): number {
    if (threads > this.#fewest && this.#saved > MOST_LOSS) return (FIRST_PAUSE * MOST_LOSS) / this.#saved;
    return Math.min(FIRST_PAUSE << Math.min(failures, 6), LONGEST_PAUSE);
  }

  #change(isTrial: boolean): void {
    [this.#current, this.#other] = [this.#other, this.#current];
    this.#isTrial = isTrial;
    this.#chances = this.#isFewest ? 1 : CHANCES;
    this.#runs = -1;
    this.#time = 0;
    this.#loss = 0;
  }
}
