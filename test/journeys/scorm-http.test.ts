import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { createAdministratorLink } from "../../core/people/administrators.ts";
import { testHost, type TestBrowser, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { mailTo } from "../people/people.ts";
import { openPlayer } from "../scorm/support.ts";
import { givenPackage } from "../support/packages.ts";

const golf = givenPackage("scorm12/golf-singlescobasic.zip");
const password = "a horse on a staircase";

/** A request to /api/v1 with somebody's token; a Buffer is sent as it is, anything else as JSON. Answers the body. */
type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

describe("A SCORM package's journey over HTTP alone", function () {
  this.timeout(60_000);
  let host: TestHost;

  before(async function () {
    if (!golf) {
      console.log("      (the packages are not there; set CADRE_SHARED)");
      return this.skip();
    }
    host = await testHost({ plugins: [scorm] });
  });
  after(() => host?.stop());

  /** Makes a token in a browser's session that may do all that its person may, and answers what uses it. */
  async function apiOf(browser: TestBrowser): Promise<Api> {
    const headers = { Cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const scopes = [...(await browser.get("/account")).text.matchAll(/name="scopes" value="([^"]+)"/g)].map(([, scope]) => scope);
    const made = await host.request("POST", "/api/v1/me/tokens", { headers, body: { label: "Journey", scopes, expiresInDays: 1 } });
    expect(made.status, made.text).to.equal(201);
    const { secret } = made.json as { secret: string };
    return async <Answer>(method: string, path: string, body?: unknown) => {
      const isFile = Buffer.isBuffer(body);
      const answer = await fetch(`${host.url}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${secret}`, ...(body !== undefined && { "Content-Type": isFile ? "application/zip" : "application/json" }) },
        body: body === undefined ? undefined : isFile ? new Uint8Array(body) : JSON.stringify(body),
      });
      const text = await answer.text();
      expect(answer.ok, text).to.equal(true);
      return JSON.parse(text) as Answer;
    };
  }

  it("goes from the administrator's link to the record the instructor reads", async () => {
    const administrator = host.browser();
    const link = new URL(await createAdministratorLink(host.context));
    await administrator.get(link.pathname + link.search);
    const came = await administrator.post("/first-administrator", { token: link.searchParams.get("token") ?? "", name: "Edith Clarke", email: "edith@example.org", password });
    expect(came.status).to.equal(303);
    const byAdministrator = await apiOf(administrator);
    const grace = await byAdministrator<{ id: string }>("POST", "/users", { name: "Grace Hopper", email: "grace@example.org", role: "instructor" });
    expect((await byAdministrator<{ role: string }[]>("GET", `/users/${grace.id}/roles`)).map(({ role }) => role)).to.include("instructor");

    const instructor = host.browser();
    const invited = new URL((await mailTo(host, "grace@example.org"))?.link ?? "", host.url);
    await instructor.get(invited.pathname + invited.search);
    expect((await instructor.post("/reset-password", { token: invited.searchParams.get("token") ?? "", password })).status).to.equal(303);
    const byInstructor = await apiOf(instructor);
    const course = await byInstructor<{ id: string; slug: string }>("POST", "/courses", { title: "Golf for beginners" });
    const { key: moduleKey } = await byInstructor<{ key: string }>("POST", `/courses/${course.id}/modules`, { title: "Basics" });
    const uploaded = await byInstructor<{ versions: { id: string }[] }>("POST", `/packages?courseId=${course.id}&fileName=golf.zip`, await readFile(golf ?? ""));
    const packageVersionId = uploaded.versions[0]?.id;
    const { key: itemKey } = await byInstructor<{ key: string }>("POST", `/courses/${course.id}/items`, { moduleKey, kind: "package", title: "Golf explained", content: { packageVersionId } });
    await byInstructor("POST", `/courses/${course.id}/publish`, {});

    const learner = host.browser();
    await learner.get("/register");
    expect((await learner.post("/register", { name: "Ada Lovelace", email: "ada@example.org", password })).status).to.equal(303);
    const byLearner = await apiOf(learner);
    const enrollment = await byLearner<{ id: string; user: { id: string } }>("POST", "/enrollments", { courseId: course.id });
    const launch = async () => openPlayer(host, (await byLearner<{ frameHref: string }>("POST", `/enrollments/${enrollment.id}/items/${itemKey}/launches`, {})).frameHref);

    const first = await launch();
    expect((await fetch(first.scoUrl)).status).to.equal(200);
    await first.send("initialize", ["cmi.core.lesson_status", "incomplete"], ["cmi.core.lesson_location", "5"], ["cmi.core.exit", "suspend"], "finish");
    const second = await launch();
    expect(second.state).to.deep.include({ entry: "resume" });
    expect(second.state.cmi).to.include({ "cmi.core.lesson_location": "5" });
    await second.send("initialize", ["cmi.core.score.raw", "95"], ["cmi.core.lesson_status", "passed"], ["cmi.core.session_time", "00:10:00"], "finish");

    const [seen] = await byInstructor<{ status: string; progress: number; score: number; timeMs: number }[]>("GET", `/courses/${course.id}/enrollments`);
    expect(seen).to.include({ status: "completed", progress: 1 });
    expect(seen?.score).to.be.closeTo(0.95, 1e-6);
    expect(seen?.timeMs).to.be.at.least(600_000);
    const timeline = (await instructor.get(`/teach/courses/${course.id}/learners/${enrollment.user.id}`)).text;
    for (const words of ["initialized", "suspended", "resumed", "passed", "terminated", "completed"]) expect(timeline).to.include(words);
  });
});
