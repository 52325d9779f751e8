/** How the record store was measured to behave as it grows, for `/docs/scale`: by test/bench (scale, records). */
export const scale = {
  measured: "22 November 2026, on a virtual machine with two cores, 24 GB of memory, PostgreSQL 18.4 with its files in memory and no waiting for the disk, and Node 20. The cores were shared with some twenty other processes, so that what is told is the time the processor worked, and not how long a client waits; on an idle machine it is shorter.",
  sizes: ["100,000", "1,000,000"],
  rows: [
    { what: "A page of 50: all statements", costs: ["1.3 ms", "1.2 ms"] },
    { what: "A page of 50: by a verb, most frequent", costs: ["1.7 ms", "2.3 ms"] },
    { what: "A page of 50: by an agent and a verb, spread over all months", costs: ["6.5 ms", "8.5 ms"] },
    { what: "A page of 50: by a registration, spread over all months", costs: ["5.5 ms", "8.5 ms"] },
    { what: "A page of 50: by an activity, related ones too", costs: ["9.7 ms", "6.3 ms"] },
    { what: "A page of 50: by an agent with one statement in twenty, and a verb with one in 128", costs: ["11.8 ms", "40.7 ms"] },
    { what: "Storing one statement, in a transaction of its own", costs: ["0.90 ms", "0.85 ms"] },
    { what: "Storing a statement in a batch of 50", costs: ["0.18 ms", "0.15 ms"] },
  ],
} as const;
