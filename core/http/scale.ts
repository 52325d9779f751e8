/** How the record store was measured to behave as it grows, for `/docs/scale`: the rows that test/bench/scale.ts prints. */
export const scale = {
  measured: "22 November 2026, on a virtual machine with two cores of 2.5 GHz and 24 GB of memory, where other work went on; PostgreSQL 18.4 with the settings that npm start gives it, each commit waiting for the disk, and Node 20. Whoever asked and stored was on the same two cores.",
  sizes: ["100,000", "1,000,000"],
  rows: [
    { what: "A page of 50: all statements", costs: ["3.5 ms, p95 8.3 ms", "3.3 ms, p95 7.1 ms"] },
    { what: "A page of 50: by the most frequent verb", costs: ["7.6 ms, p95 16.0 ms", "5.3 ms, p95 10.5 ms"] },
    { what: "The same, page 1,000", costs: ["7.1 ms, p95 15.5 ms", "5.9 ms, p95 10.7 ms"] },
    { what: "A page of 50: by an agent and a verb, spread over all months", costs: ["6.1 ms, p95 10.3 ms", "11.1 ms, p95 18.5 ms"] },
    { what: "A page of 50: by a registration, spread over all months", costs: ["6.3 ms, p95 10.9 ms", "17.0 ms, p95 32.3 ms"] },
    { what: "A page of 50: by an activity, related ones too", costs: ["14.7 ms, p95 20.6 ms", "10.4 ms, p95 13.9 ms"] },
    { what: "A page of 50: by an agent with one statement in twenty, and a verb with one in 128", costs: ["10.6 ms, p95 15.7 ms", "41.0 ms, p95 59.2 ms"] },
    { what: "Pages by an agent and a verb, 16 clients", costs: ["197 a second", "179 a second"] },
    { what: "Statements stored one by one, 16 clients", costs: ["404 a second", "637 a second"] },
    { what: "Statements stored in batches of 50, 4 clients", costs: ["3,526 a second", "4,077 a second"] },
    { what: "Statements exported as NDJSON", costs: ["59,823 a second", "53,620 a second"] },
    { what: "On the disk, with keys and indexes", costs: ["0.24 GB", "2.4 GB"] },
  ],
} as const;
