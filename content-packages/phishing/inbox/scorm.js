"use strict";

/**
 * The SCORM 1.2 run-time as this lesson uses it. Without an LMS around it everything still works, only nothing is kept.
 * Calls go through one place, so that an error of the LMS is never an error of the lesson.
 */
var scorm = (function () {
  var api = find(window) || (window.opener ? find(window.opener) : null);
  var running = false;
  var startedMs = Date.now();

  /** The API object stands on a window around this one (SCORM 1.2 RTE 3.3.5.1); anything may refuse to be looked at. */
  function find(from) {
    try {
      for (var depth = 0; depth < 10; depth++) {
        if (from.API) return from.API;
        if (!from.parent || from.parent === from) return null;
        from = from.parent;
      }
    } catch (error) {
      return null;
    }
    return null;
  }

  function call(name, a, b) {
    if (!api) return "";
    try {
      return b === undefined ? String(api[name](a)) : String(api[name](a, b));
    } catch (error) {
      return "";
    }
  }

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  /** Milliseconds as a CMITimespan: HHHH:MM:SS.SS. */
  function timespan(durationMs) {
    var hundredths = Math.floor(durationMs / 10);
    var seconds = Math.floor(hundredths / 100);
    return two(Math.floor(seconds / 3600)).padStart(4, "0") + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60) + "." + two(hundredths % 100);
  }

  /** Now as a CMITime: HH:MM:SS. */
  function clock() {
    var now = new Date();
    return two(now.getHours()) + ":" + two(now.getMinutes()) + ":" + two(now.getSeconds());
  }

  return {
    /** Begins; says what was kept of an earlier session. */
    begin: function () {
      running = call("LMSInitialize", "") === "true";
      var status = scorm.get("cmi.core.lesson_status");
      if (status === "not attempted" || status === "") scorm.set("cmi.core.lesson_status", "incomplete");
      return { location: scorm.get("cmi.core.lesson_location"), data: scorm.get("cmi.suspend_data"), status: status, mode: scorm.get("cmi.core.lesson_mode") };
    },
    get: function (element) {
      return running ? call("LMSGetValue", element) : "";
    },
    set: function (element, value) {
      return running && call("LMSSetValue", element, String(value)) === "true";
    },
    commit: function () {
      return running && call("LMSCommit", "") === "true";
    },
    /** One more answer, after those that are there already. */
    interaction: function (answer) {
      var at = "cmi.interactions." + (Number(scorm.get("cmi.interactions._count")) || 0) + ".";
      scorm.set(at + "id", answer.id);
      scorm.set(at + "type", "choice");
      scorm.set(at + "time", clock());
      scorm.set(at + "correct_responses.0.pattern", answer.right);
      scorm.set(at + "weighting", "1");
      scorm.set(at + "student_response", answer.given);
      scorm.set(at + "result", answer.given === answer.right ? "correct" : "wrong");
      scorm.set(at + "latency", timespan(answer.latencyMs));
    },
    /** Ends the session; harmless the second time. `unfinished` is taken up again where it was left. */
    end: function (unfinished) {
      if (!running) return;
      scorm.set("cmi.core.session_time", timespan(Date.now() - startedMs));
      scorm.set("cmi.core.exit", unfinished ? "suspend" : "");
      call("LMSFinish", "");
      running = false;
    },
  };
})();
