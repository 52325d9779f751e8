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

/** Names a session's calls as SCORM 1.2 does. */
export function api12(session: Session12): Api12 {
  return {
    LMSInitialize: (parameter) => session.initialize(parameter),
    LMSFinish: (parameter) => session.finish(parameter),
    LMSGetValue: (element) => session.getValue(element),
    LMSSetValue: (element, value) => session.setValue(element, value),
    LMSCommit: (parameter) => session.commit(parameter),
    LMSGetLastError: () => session.getLastError(),
    LMSGetErrorString: (code) => session.getErrorString(code),
    LMSGetDiagnostic: (code) => session.getDiagnostic(code),
  };
}
