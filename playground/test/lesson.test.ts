/** Lessons: what the editor writes is what the page reads. */
import { describe, expect, it } from "vitest";
import type { EpochLog } from "../src/engine/protocol.js";
import { type Goal, goalInWords, reaches } from "../src/goal.js";
import { frameOf, type Lesson, lessonHash, noLesson } from "../src/lesson.js";
import { pageOptions } from "../src/pageOptions.js";
import { defaults } from "../src/setup.js";
import { fromHash } from "../src/url.js";

const lesson: Lesson = {
  title: "Two lines & a <bend>",
  task: "Reach the goal with three neurons,\nor fewer: 50 % of today’s #1?",
  goal: { accuracy: "97.5", loss: " 0.1", error: "", epochs: "200" },
  hide: ["timeline", "data"],
  embed: true,
  autoplay: "false",
  speed: "10",
  stop: false,
};

it("a lesson comes back from its link, beside the setup", () => {
  const hash = `#${lessonHash(lesson, "source=xor&hidden=3")}`;
  const { title, task } = lesson;
  expect(pageOptions("", hash)).toEqual({
    ...{ title, task, embed: true, autoplay: false, speed: "10", stop: false },
    goal: { accuracy: 0.975, loss: 0.1, error: null, epochs: 200 },
    chapter: null,
    hide: ["data", "timeline"],
  });
  expect(fromHash(hash)).toEqual({ setup: { ...defaults, source: "xor", hidden: [3] }, problems: [] });
});

it("a lesson without words is the setup alone, and an impossible goal is left out", () => {
  expect(lessonHash(noLesson, "source=xor")).toBe("source=xor");
  const typed = {
    accuracy: ["0", "101", "-1"],
    loss: ["0", "-1", "1e999"],
    error: ["0", " "],
    epochs: ["0", "2.5", "1e99"],
  };
  for (const [name, texts] of Object.entries(typed)) {
    for (const text of [...texts, "much"]) {
      expect(lessonHash({ ...noLesson, goal: { ...noLesson.goal, [name]: text } }, ""), `${name} ${text}`).toBe("");
    }
  }
});

describe("a goal", () => {
  const log = (epoch: number, part: Partial<EpochLog> = {}): EpochLog => ({
    ...{ epoch, loss: 0.05, valLoss: 0.2, score: 1, valScore: 0.9 },
    ...part,
  });
  const withoutTest = { valLoss: Number.NaN, valScore: Number.NaN };
  const goal = (text: string) => pageOptions("", text).goal as Goal;

  it.each<[string, EpochLog, boolean, boolean]>([
    ["goal=0.9", log(7), true, true],
    ["goal=0.91", log(7), true, false],
    ["goal=0.91", log(7, withoutTest), true, true],
    ["goal=0.5", log(7), false, false], // an error of 0.9 is no accuracy
    ["goalLoss=0.2", log(7), true, true],
    ["goalLoss=0.199", log(7), true, false],
    ["goalLoss=0.05", log(7, withoutTest), false, true],
    ["goalError=0.9", log(7), false, true],
    ["goalError=0.89", log(7), false, false],
    ["goalError=1", log(7), true, false],
    ["goal=0.9&goalLoss=0.1", log(7), true, false],
    ["goal=0.9&goalEpochs=7", log(7), true, true],
    ["goal=0.9&goalEpochs=6", log(7), true, false],
    ["goalLoss=0.2", log(7, { valLoss: Infinity }), true, false],
  ])("%s after %o, of classes: %s, is reached: %s", (text, epoch, isClasses, isReached) => {
    expect(reaches(goal(text), epoch, isClasses)).toBe(isReached);
  });

  it.each([
    ["goal=0.975", [log(1)], "Goal: test accuracy of 97.5 %."],
    [
      "goal=0.9&goalLoss=0.1",
      [log(1, withoutTest)],
      "Goal: training accuracy of 90 % and training loss of at most 0.1.",
    ],
    [
      "goalError=2500&goalEpochs=1500",
      [],
      "Goal: mean absolute error of at most 2500 on the test data, within 1,500 epochs.",
    ],
    ["goalLoss=0.3&goalEpochs=1", [], "Goal: test loss of at most 0.3, within 1 epoch."],
  ])("%s in words", (text, logs, words) => {
    expect(goalInWords(goal(text), logs)).toBe(words);
  });

  it.each(["goalEpochs=20", "goal=0&goalLoss=-1", "goalError=&goalEpochs=3"])("%s is none", (text) => {
    expect(pageOptions("", text).goal).toBeNull();
    expect(fromHash(text).problems).toEqual([]);
  });
});

it("the code for another page keeps quotes and signs of HTML as text", () => {
  expect(frameOf("https://a.example/?x=1&y=2#title=a", 'say "hi" <b>')).toBe(
    '<iframe src="https://a.example/?x=1&amp;y=2#title=a" title="say &quot;hi&quot; &lt;b&gt;" ' +
      'width="100%" height="640" style="border: 0"></iframe>',
  );
});
