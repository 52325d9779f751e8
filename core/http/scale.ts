/** How the record store was measured to behave as it grows, for `/docs/scale`: the rows that test/bench/scale.ts prints. */
export const scale = {
  measured: "22 November 2026, on a virtual machine with two cores of 2.5 GHz and 24 GB of memory; PostgreSQL 18.4 with the settings that npm start gives it (1 GB of shared buffers), each commit waiting for the disk, and Node 20. Whoever asked and stored was on the same two cores, and each server had just been started. One statement in a hundred points at another one; of the ten million, 9.9 were there. For the middle column the machine was idle; for the other two it was not quite.",
  sizes: ["100,000", "1,000,000", "10,000,000"],
  rows: [
    { what: "A page of 50: all statements", costs: ["2.7 ms, p95 6.5 ms", "2.6 ms, p95 6.3 ms", "2.6 ms, p95 5.3 ms"] },
    { what: "A page of 50: by the most frequent verb", costs: ["3.9 ms, p95 6.8 ms", "3.7 ms, p95 6.9 ms", "4.6 ms, p95 8.1 ms"] },
    { what: "The same, page 1,000", costs: ["2.2 ms, p95 3.5 ms", "3.6 ms, p95 7.0 ms", "4.6 ms, p95 7.3 ms"] },
    { what: "A page of 50: by an agent and a verb, spread over all months", costs: ["4.6 ms, p95 6.5 ms", "7.7 ms, p95 11.9 ms", "39.2 ms, p95 67.0 ms"] },
    { what: "A page of 50: by a registration, spread over all months", costs: ["4.4 ms, p95 6.9 ms", "7.8 ms, p95 11.0 ms", "60.0 ms, p95 105.1 ms"] },
    { what: "A page of 50: by an activity, related ones too", costs: ["8.9 ms, p95 11.5 ms", "8.1 ms, p95 12.1 ms", "12.5 ms, p95 18.5 ms"] },
    { what: "A page of 50: by an agent with one statement in twenty, and a verb with one in 128", costs: ["7.9 ms, p95 11.4 ms", "29.8 ms, p95 35.5 ms", "42.5 ms, p95 56.3 ms"] },
    { what: "Pages by an agent and a verb, 16 clients", costs: ["353 a second", "218 a second", "35 a second"] },
    { what: "Statements stored one by one, 16 clients", costs: ["1,048 a second", "1,135 a second", "976 a second"] },
    { what: "Statements stored in batches of 50, 4 clients", costs: ["5,410 a second", "6,325 a second", "5,817 a second"] },
    { what: "Statements exported as NDJSON", costs: ["90,797 a second", "79,362 a second", "77,585 a second"] },
    { what: "On the disk, with keys and indexes", costs: ["0.30 GB", "2.5 GB", "23 GB"] },
  ],
} as const;
