/** The SCORM 1.2 error codes and their strings (RTE 3.3.6.1); there are no others. */
export const errorStrings = {
  "0": "No error",
  "101": "General exception",
  "201": "Invalid argument error",
  "202": "Element cannot have children",
  "203": "Element not an array - cannot have count",
  "301": "Not initialized",
  "401": "Not implemented error",
  "402": "Invalid set value, element is a keyword",
  "403": "Element is read only",
  "404": "Element is write only",
  "405": "Incorrect data type",
} as const;

export type ErrorCode = keyof typeof errorStrings;
