/** Lessons: what the editor writes is what the page reads. */
import { expect, it } from "vitest";
import { frameOf, type Lesson, lessonHash, noLesson } from "../src/lesson.js";
import { pageOptions } from "../src/pageOptions.js";
import { defaults } from "../src/setup.js";
import { fromHash } from "../src/url.js";

const lesson: Lesson = {
  title: "Two lines & a <bend>",
  task: "Reach the goal with three neurons,\nor fewer: 50 % of today’s #1?",
  goal: "97.5",
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
    goal: 0.975,
    chapter: null,
    hide: ["data", "timeline"],
  });
  expect(fromHash(hash)).toEqual({ setup: { ...defaults, source: "xor", hidden: [3] }, problems: [] });
});

it("a lesson without words is the setup alone, and an impossible goal is left out", () => {
  expect(lessonHash(noLesson, "source=xor")).toBe("source=xor");
  for (const goal of ["0", "101", "-1", "much"]) expect(lessonHash({ ...noLesson, goal }, "")).toBe("");
});

it("the code for another page keeps quotes and signs of HTML as text", () => {
  expect(frameOf("https://a.example/?x=1&y=2#title=a", 'say "hi" <b>')).toBe(
    '<iframe src="https://a.example/?x=1&amp;y=2#title=a" title="say &quot;hi&quot; &lt;b&gt;" ' +
      'width="100%" height="640" style="border: 0"></iframe>',
  );
});
