/** Starts swagger-ui, from our own origin, in `[data-openapi]`; what is tried there carries the session's CSRF token. */
type Request = { headers: Record<string, string> };
type Swagger = (options: { url: string; domNode: Element; deepLinking: boolean; tryItOutEnabled: boolean; validatorUrl: null; requestInterceptor: (request: Request) => Request }) => unknown;

const place = document.querySelector<HTMLElement>("[data-openapi]");
if (place) load(place);

function load(domNode: HTMLElement): void {
  const { openapi = "", script = "", csrf = "" } = domNode.dataset;
  const element = document.createElement("script");
  element.src = script;
  element.addEventListener("load", () => {
    const { SwaggerUIBundle } = window as unknown as { SwaggerUIBundle: Swagger };
    SwaggerUIBundle({
      url: openapi, domNode, deepLinking: true, tryItOutEnabled: true, validatorUrl: null,
      requestInterceptor: (request) => {
        request.headers["x-csrf-token"] = csrf;
        return request;
      },
    });
  });
  document.head.append(element);
}
