import { asShown } from "../../runtime/as-text.ts";
import type { ApiCall } from "../../runtime/journal.ts";
import type { Session12 } from "../../runtime/scorm12/index.ts";

/** The SCORM 1.2 API object as content finds it at `window.API` of a parent or opener (RTE 3.3). */
export interface Api12 {
  LMSInitialize(parameter: unknown): string;
  LMSFinish(parameter: unknown): string;
  LMSGetValue(element: unknown): string;
  LMSSetValue(element: unknown, value: unknown): string;
  LMSCommit(parameter: unknown): string;
  LMSGetLastError(): string;
  LMSGetErrorString(code: unknown): string;
  LMSGetDiagnostic(code: unknown): string;
}

/** Names a session's calls as SCORM 1.2 does; `failed` gets those that are answered with an error. */
export function api12(session: Session12, now: () => number, failed: (call: ApiCall) => void): Api12 {
  const watched = (name: string, given: readonly unknown[], result: string): string => {
    const code = session.getLastError();
    if (code !== "0") failed([now(), name, given.map(asShown).join(", ").slice(0, 300), result.slice(0, 300), code]);
    return result;
  };
  return {
    LMSInitialize: (parameter) => watched("LMSInitialize", [parameter], session.initialize(parameter)),
    LMSFinish: (parameter) => watched("LMSFinish", [parameter], session.finish(parameter)),
    LMSGetValue: (element) => watched("LMSGetValue", [element], session.getValue(element)),
    LMSSetValue: (element, value) => watched("LMSSetValue", [element, value], session.setValue(element, value)),
    LMSCommit: (parameter) => watched("LMSCommit", [parameter], session.commit(parameter)),
    LMSGetLastError: () => session.getLastError(),
    LMSGetErrorString: (code) => session.getErrorString(code),
    LMSGetDiagnostic: (code) => session.getDiagnostic(code),
  };
}
