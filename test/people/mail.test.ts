import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { sendMail } from "../../core/pages/mail.ts";
import { mailTo, person } from "./people.ts";

const welcome = (email: string, name = "Ada Lovelace") => ({ to: { name, email }, subject: "Your place is kept", template: "welcome", reason: "You asked for it.", data: { name, href: "https://learn.example.org/courses?a=1&b=2", action: "Go on", invitedBy: null } });

describe("Mail", () => {
  describe("without a mail server", () => {
    let host: TestHost;
    before(async () => void (host = await testHost()));
    after(() => host?.stop());

    it("is caught for administrators to read, with its links", async () => {
      await sendMail(host.context, welcome("ada@example.org", "Ada <Lovelace> & Co"));
      expect((await mailTo(host, "ada@example.org"))?.text).to.include("Welcome, Ada <Lovelace> & Co.").and.to.include("courses?a=1&b=2");
      const browser = await (await person(host, { role: "administrator" })).browser();
      const list = await browser.get("/admin/mail");
      expect(list.text).to.include("ada@example.org").and.to.include("Your place is kept");
      const href = /href="(\/admin\/mail\/[^"]+)"/.exec(list.text)?.[1] ?? "";
      const mail = await browser.get(href);
      expect(mail.text).to.include("Welcome, Ada &lt;Lovelace&gt; &amp; Co.").and.to.include('href="https://learn.example.org/courses?a&#x3D;1&amp;b&#x3D;2"');
      expect((await browser.get("/admin/mail/00000000-0000-7000-8000-000000000000")).status).to.equal(404);
      expect((await (await person(host)).browser().then((learner) => learner.get(href))).status).to.equal(403);
    });

    it("is sent with what it belongs to, or not at all", async () => {
      await host.context
        .transact(async (tx) => {
          await sendMail(tx, welcome("undone@example.org"));
          throw new Error("undone");
        })
        .catch(() => undefined);
      expect(await mailTo(host, "undone@example.org")).to.equal(undefined);
    });

    it("can't be made to carry headers of a stranger's", async () => {
      for (const mail of [welcome("a@example.org\r\nBcc: b@example.org"), { ...welcome("a@example.org"), subject: "Hello\r\nBcc: b@example.org" }, welcome("a@example.org", "Ada\r\nBcc: b@example.org")]) {
        const error = await sendMail(host.context, mail).then(
          () => undefined,
          (refused: { code?: string }) => refused.code,
        );
        expect(error).to.equal("invalid_input");
      }
    });

    it("is forgotten by the catcher after a week", async () => {
      await sendMail(host.context, welcome("old@example.org"));
      expect(await mailTo(host, "old@example.org")).not.to.equal(undefined);
      host.advance(8 * 86_400_000);
      await host.context.enqueue("mail.emptyCatcher", {});
      expect(await mailTo(host, "old@example.org")).to.equal(undefined);
    });
  });

  it("goes to the mail server as text and as HTML, and again when it was away", async () => {
    const received: string[] = [];
    let away = true;
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData(stream, _, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
        stream.on("end", () => {
          if (away) return done(Object.assign(new Error("Come back later"), { responseCode: 451 }));
          received.push(Buffer.concat(chunks).toString());
          done();
        });
      },
    });
    server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    const { port } = server.server.address() as AddressInfo;
    const host = await testHost({ settings: { mail: { mailUrl: `smtp://127.0.0.1:${port}`, mailFrom: "Cadre <learn@example.org>" } } });
    try {
      await sendMail(host.context, welcome("ada@example.org", "Ada Lövelace"));
      await host.drain();
      expect(received).to.have.length(0);
      away = false;
      for (let tries = 0; tries < 5 && received.length === 0; tries++) {
        host.advance(600_000);
        await host.drain();
      }
      expect(received).to.have.length(1);
      const mail = await PostalMime.parse(received[0] ?? "");
      expect(mail.from).to.deep.include({ name: "Cadre", address: "learn@example.org" });
      expect(mail.to?.[0]).to.deep.include({ name: "Ada Lövelace", address: "ada@example.org" });
      expect(mail.subject).to.equal("Your place is kept");
      expect(mail.text).to.include("Welcome, Ada Lövelace.");
      expect(mail.html).to.include("<h1>Welcome, Ada Lövelace</h1>");
      expect(await host.database.knex("caught_mail")).to.deep.equal([]);
    } finally {
      await host.stop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });
});
