import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What `/metrics` shows, of this engine alone. */
export interface Measures {
  request(method: string, route: string, status: number, durationMs: number): void;
  /** A number, or one for each value of `label`, that is asked for whenever somebody looks; not shown while it can't be read. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void;
  gauge(name: string, help: string, read: () => Promise<ReadonlyMap<string, number>>, label: string): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMeasures(): Measures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({ name: "cadre_http_requests_total", help: "Requests answered.", labelNames: ["method", "route", "status"], registers: [registry] });
  const durations = new Histogram({
    name: "cadre_http_request_duration_seconds",
    help: "Time from request to answer.",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  // Finding a measure by its labels takes longer than measuring. There are as many as routes, methods and states.
  const shapes = new Map<string, { count: Counter.Internal; duration: Histogram.Internal<"method" | "route"> }>();
  return {
    request(method, route, status, durationMs) {
      const shape = `${method} ${status} ${route}`;
      let known = shapes.get(shape);
      if (!known) shapes.set(shape, (known = { count: requests.labels({ method, route, status }), duration: durations.labels({ method, route }) }));
      known.count.inc();
      known.duration.observe(durationMs / 1000);
    },
    gauge(name: string, help: string, read: () => Promise<number | ReadonlyMap<string, number>> | number, label?: string) {
      new Gauge({
        name,
        help,
        labelNames: label === undefined ? [] : [label],
        registers: [registry],
        async collect() {
          this.reset();
          // the other numbers are wanted most of all when the database is away
          const found = await Promise.resolve(read()).catch(() => undefined);
          if (found === undefined) this.remove();
          else if (typeof found === "number") this.set(found);
          else for (const [value, number] of found) this.set({ [label as string]: value }, number);
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
