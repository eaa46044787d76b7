/** A learning platform as far as LTI 1.3 asks: keys at an address, and launches signed with them. */
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

const CLAIM = "https://purl.imsglobal.org/spec/lti/claim";
const ISSUER = "https://lms.example";
const CLIENT = "layerbook-test";

export class LearningPlatform {
  private readonly own = generateKeyPairSync("rsa", { modulusLength: 2048 });

  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<LearningPlatform> {
    const server = http.createServer();
    const platform = new LearningPlatform(server);
    const keys = [
      { ...platform.own.publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" },
    ];
    server.on("request", (_, answer) =>
      answer.setHeader("Content-Type", "application/json").end(JSON.stringify({ keys })),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return platform;
  }

  stop(): void {
    this.server.close();
  }

  /** What a hub has to know of it. */
  get settings(): Readonly<Record<string, string>> {
    return {
      LAYERBOOK_HUB_AUTH: "lti",
      LTI13_ISSUER: ISSUER,
      LTI13_CLIENT_ID: CLIENT,
      LTI13_AUTHORIZE_URL: `${ISSUER}/auth`,
      LTI13_JWKS_ENDPOINT: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/certs`,
    };
  }

  /** A click of the person *sub* on the tool: the two requests to *hub* that a browser makes. Answers the last one's status. */
  async launch(hub: string, sub: string, forged = false): Promise<number> {
    const begin = await fetch(`${hub}/hub/lti13/oauth_login`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({
        iss: ISSUER,
        login_hint: "1",
        target_link_uri: `${hub}/hub`,
        client_id: CLIENT,
      }),
    });
    const asked = new URL(begin.headers.get("Location") ?? "").searchParams;
    const key = forged ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey : this.own.privateKey;
    const end = await fetch(`${hub}/hub/lti13/oauth_callback`, {
      method: "POST",
      redirect: "manual",
      headers: {
        Cookie: begin.headers
          .getSetCookie()
          .map((cookie) => cookie.split(";")[0])
          .join("; "),
      },
      body: new URLSearchParams({
        state: asked.get("state") ?? "",
        id_token: token(key, sub, asked.get("nonce") ?? "", hub),
      }),
    });
    return end.status;
  }
}

function token(key: KeyObject, sub: string, nonce: string, hub: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: CLIENT,
    sub,
    nonce,
    iat: now,
    exp: now + 300,
    [`${CLAIM}/version`]: "1.3.0",
    [`${CLAIM}/message_type`]: "LtiResourceLinkRequest",
    [`${CLAIM}/deployment_id`]: "1",
    [`${CLAIM}/target_link_uri`]: `${hub}/hub`,
    [`${CLAIM}/roles`]: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
    [`${CLAIM}/resource_link`]: { id: "1" },
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "1" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}
