/**
 * Starts swagger-ui, from our own origin, inside `[data-openapi]`: in a shadow root, so that its style and ours stay apart.
 * What is tried there carries the session's CSRF token.
 */
type Request = { headers: Record<string, string> };
type Swagger = (options: { url: string; domNode: Element; tryItOutEnabled: boolean; validatorUrl: null; requestInterceptor: (request: Request) => Request }) => unknown;

const place = document.querySelector<HTMLElement>("[data-openapi]");
if (place) load(place);

function load(place: HTMLElement): void {
  const { openapi = "", style = "", script = "", csrf = "" } = place.dataset;
  const shadow = place.attachShadow({ mode: "open" });
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
  const domNode = document.createElement("div");
  const element = Object.assign(document.createElement("script"), { src: script });
  shadow.append(link, domNode);
  element.addEventListener("load", () => {
    const { SwaggerUIBundle } = window as unknown as { SwaggerUIBundle: Swagger };
    SwaggerUIBundle({
      url: openapi, domNode, tryItOutEnabled: true, validatorUrl: null,
      requestInterceptor: (request) => {
        request.headers["x-csrf-token"] = csrf;
        return request;
      },
    });
  });
  document.head.append(element);
}
