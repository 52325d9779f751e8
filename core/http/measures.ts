import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What `/metrics` shows, of this engine alone. */
export interface Measures {
  request(method: string, route: string, status: number, durationMs: number): void;
  /** A number that is asked for whenever somebody looks. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void;
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
  return {
    request(method, route, status, durationMs) {
      requests.inc({ method, route, status });
      durations.observe({ method, route }, durationMs / 1000);
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
