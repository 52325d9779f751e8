/** An XML element as the package reader gives it: names are local, `uri` is the namespace ("" for none), `text` is the element's own character data. */
export interface XmlElement {
  name: string;
  uri: string;
  attributes: XmlAttribute[];
  children: XmlElement[];
  text: string;
  /** Counts from 1. */
  line: number;
}

export interface XmlAttribute {
  local: string;
  uri: string;
  value: string;
}
