import { asShown } from "../../runtime/as-text.ts";
import type { ApiCall } from "../../runtime/journal.ts";
import type { Session2004 } from "../../runtime/scorm2004/index.ts";

/** The SCORM 2004 API object as content finds it at `window.API_1484_11` of a parent or opener (RTE 3.3). */
export interface Api2004 {
  version: "1.0";
  Initialize(parameter: unknown): string;
  Terminate(parameter: unknown): string;
  GetValue(element: unknown): string;
  SetValue(element: unknown, value: unknown): string;
  Commit(parameter: unknown): string;
  GetLastError(): string;
  GetErrorString(code: unknown): string;
  GetDiagnostic(code: unknown): string;
}

/** Names a session's calls as SCORM 2004 does; `failed` gets those that are answered with an error. */
export function api2004(session: Session2004, now: () => number, failed: (call: ApiCall) => void): Api2004 {
  const watched = (name: string, given: readonly unknown[], result: string): string => {
    const code = session.getLastError();
    if (code !== "0") failed([now(), name, given.map(asShown).join(", ").slice(0, 300), result.slice(0, 300), code]);
    return result;
  };
  return {
    version: "1.0",
    Initialize: (parameter) => watched("Initialize", [parameter], session.initialize(parameter)),
    Terminate: (parameter) => watched("Terminate", [parameter], session.terminate(parameter)),
    GetValue: (element) => watched("GetValue", [element], session.getValue(element)),
    SetValue: (element, value) => watched("SetValue", [element, value], session.setValue(element, value)),
    Commit: (parameter) => watched("Commit", [parameter], session.commit(parameter)),
    GetLastError: () => session.getLastError(),
    GetErrorString: (code) => session.getErrorString(code),
    GetDiagnostic: (code) => session.getDiagnostic(code),
  };
}
