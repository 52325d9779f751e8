"use strict";

/** Walks through the messages. The state is the answers so far, one letter each: "rkr" is three decided, the fourth is next. */
(function () {
  var passRatio = 0.8;
  var stage = document.getElementById("stage");
  var said = document.getElementById("said");
  var kept = scorm.begin();
  var records = kept.mode !== "browse" && kept.mode !== "review";
  var answers = restored(kept);
  var best = Number(scorm.get("cmi.core.score.raw")) || 0;
  var shownMs = Date.now();

  show();
  addEventListener("pagehide", function () {
    scorm.end(answers.length < messages.length);
  });

  /** suspend_data is "1;rkr": a version, then the answers. Anything else is a fresh start. */
  function restored(from) {
    var match = /^1;([rk]*)$/.exec(from.data);
    var letters = match ? match[1].slice(0, messages.length) : "";
    return letters.split("").filter(Boolean);
  }

  function keep() {
    if (!records) return;
    scorm.set("cmi.suspend_data", "1;" + answers.join(""));
    scorm.set("cmi.core.lesson_location", answers.length < messages.length ? messages[answers.length].id : "result");
  }

  function right() {
    return answers.filter(function (answer, index) {
      return answer === messages[index].right;
    }).length;
  }

  function decide(answer) {
    var message = messages[answers.length];
    answers.push(answer);
    keep();
    if (records) scorm.interaction({ id: message.id, given: answer, right: message.right, latencyMs: Date.now() - shownMs });
    if (answers.length === messages.length) grade();
    scorm.commit();
    explain(message, answer);
  }

  /** A second try never takes a pass away. */
  function grade() {
    if (!records) return;
    var ratio = right() / messages.length;
    best = Math.max(best, Math.round(ratio * 100));
    scorm.set("cmi.core.score.min", 0);
    scorm.set("cmi.core.score.max", 100);
    scorm.set("cmi.core.score.raw", best);
    scorm.set("cmi.core.lesson_status", best >= passRatio * 100 ? "passed" : "failed");
  }

  function show() {
    progress();
    if (answers.length === messages.length) return result();
    shownMs = Date.now();
    var message = messages[answers.length];
    var card = letter(message);
    var choices = element("div", "choices");
    choices.append(button("Report it", "report", decide.bind(null, "r")), button("It is fine", "fine", decide.bind(null, "k")));
    replace(card, element("h3", "", "What do you do?"), choices);
  }

  function explain(message, answer) {
    progress();
    var good = answer === message.right;
    var words = (good ? "Right. " : "Not quite. ") + (message.right === "r" ? "This one should be reported. " : "This one is fine. ");
    var note = element("div", good ? "note good" : "note bad");
    note.append(element("strong", "", words), element("p", "", message.because));
    replace(letter(message), note, button(answers.length < messages.length ? "Next message" : "See the result", "next", show));
    said.textContent = words + message.because;
  }

  function result() {
    var count = right();
    var passed = count / messages.length >= passRatio;
    var list = element("ol", "results");
    messages.forEach(function (message, index) {
      var good = answers[index] === message.right;
      var line = element("li", good ? "good" : "bad");
      line.append(element("strong", "", message.subject), element("span", "muted", (good ? "Right: " : "Missed: ") + (message.right === "r" ? "report it" : "it is fine")));
      list.append(line);
    });
    var head = element("h2", "", count + " of " + messages.length + (passed ? ": you would have kept this company safe today" : ": one more look pays off"));
    replace(head, element("p", "", passed ? "You have passed. You may close this page." : "Five of six are needed. Read the explanations again and take another try."), list, button("Try again", passed ? "fine" : "next", again));
    said.textContent = head.textContent;
  }

  function again() {
    answers = [];
    keep();
    scorm.commit();
    show();
  }

  function letter(message) {
    var card = element("article", "letter");
    var facts = element("dl", "");
    facts.append(element("dt", "", "From"), element("dd", "", message.from + " <" + message.address + ">"));
    if (message.attachment) facts.append(element("dt", "", "Attached"), element("dd", "", message.attachment));
    card.append(element("h2", "", message.subject), facts);
    message.body.forEach(function (line) {
      card.append(element("p", "", line));
    });
    if (message.link) {
      var link = element("p", "link");
      link.append(element("span", "shown", message.link.text), element("span", "goes", "goes to " + message.link.goes));
      card.append(link);
    }
    return card;
  }

  function progress() {
    document.getElementById("bar").value = answers.length;
    document.getElementById("count").textContent = answers.length + " of " + messages.length + " decided";
  }

  /** New content takes the focus at its heading, so that the keyboard and a screen reader go on from there. */
  function replace() {
    stage.replaceChildren.apply(stage, arguments);
    var head = stage.querySelector("h2");
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function button(text, className, run) {
    var made = element("button", className, text);
    made.type = "button";
    made.addEventListener("click", run);
    return made;
  }
})();
